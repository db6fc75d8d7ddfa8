const PATIENCE_MS = 3000;
const COOLDOWN_MS = 10_000;
const MOST_LOOKED_AT = 64;

// Who waits for one chat type, longest first. A search looks at a bounded number of tickets, so that no arrival costs more
// when thousands wait.
export class WaitingPool {
  #tickets = new Map();
  #first = [];

  get size() {
    return this.#tickets.size;
  }

  has(id) {
    return this.#tickets.has(id);
  }

  add(ticket) {
    this.#tickets.set(ticket.socket.id, ticket);
  }

  addFirst(ticket) {
    this.add(ticket);
    this.#first.push(ticket.socket.id);
  }

  remove(id) {
    this.#tickets.delete(id);
  }

  snapshot() {
    return [...this.#tickets.values()];
  }

  partnerFor(ticket, now) {
    let anyone = null;
    let looked = 0;
    for (const other of this.#ordered()) {
      if (++looked > MOST_LOOKED_AT) break;
      if (!suits(ticket, other, now)) continue;
      if (ticket.interests.some((interest) => other.interests.includes(interest))) return other;
      if (!anyone && !isChoosy(ticket, now) && !isChoosy(other, now)) anyone = other;
      if (anyone && ticket.interests.length === 0) return anyone;
    }
    return anyone;
  }

  *#ordered() {
    while (this.#first.length > 0 && !this.#tickets.has(this.#first[0])) this.#first.shift();
    for (const id of this.#first) if (this.#tickets.has(id)) yield this.#tickets.get(id);
    yield* this.#tickets.values();
  }
}

const isChoosy = (ticket, now) => ticket.interests.length > 0 && now - ticket.since < PATIENCE_MS;

function suits(a, b, now) {
  if (a === b || a.socket.id === b.socket.id) return false;
  const [x, y] = [a.socket.data, b.socket.data];
  if (x.blocked.has(b.socket.id) || y.blocked.has(a.socket.id)) return false;
  const again = (data, peer) => data.last?.peer === peer && now - data.last.at < COOLDOWN_MS;
  return !again(x, b.socket.id) && !again(y, a.socket.id);
}
