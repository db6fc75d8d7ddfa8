/** A socket whose server end is the test. */
export class FakeWebSocket {
  static all = [];
  readyState = 0;
  sent = [];
  onopen = null;
  onmessage = null;
  onclose = null;

  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
    this.constructor.all.push(this);
  }

  send(data) {
    if (this.readyState !== 1) throw new Error('not open');
    this.sent.push(data);
  }

  close() {
    this.readyState = 3;
    this.closedByClient = true;
  }

  get messages() {
    return this.sent.filter((data) => data[0] === '{').map((data) => JSON.parse(data));
  }

  get frames() {
    return this.sent.filter((data) => data[0] === '>');
  }

  ofType(type) {
    return this.messages.filter((message) => message.type === type);
  }

  serverOpens() {
    this.readyState = 1;
    this.onopen?.({});
  }

  serverSends(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  serverCloses(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A class of sockets of its own for each test, so that `all` is not shared. */
export function freshWebSocketClass() {
  return class extends FakeWebSocket {
    static all = [];
  };
}
