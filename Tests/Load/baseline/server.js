// What most people deploy to pair strangers: one Node process, Socket.IO, queues in memory. Written to be a fair opponent:
// websocket only, no compression, no logging, nothing on the way of a message that the task does not ask for.
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { Server } from "socket.io";
import { WaitingPool } from "./pool.js";

const ACK_MS = 3000;
const PASS_MS = 200;
const chats = new Map(["video", "audio", "text"].map((chat) => [chat, new WaitingPool()]));

const http = createServer((_, response) => response.writeHead(404).end());
const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
  maxHttpBufferSize: 64 * 1024,
  pingInterval: 15_000,
  pingTimeout: 15_000,
});

// Check, mutate, recheck: between the two checks nothing can happen in a single thread unless emit itself fails, but this
// is the shape that the design has everywhere.
function pair(chat, mine, theirs) {
  const pool = chats.get(chat);
  if (!mine.socket.connected || !theirs.socket.connected) {
    for (const ticket of [mine, theirs]) if (!ticket.socket.connected) pool.remove(ticket.socket.id);
    return false;
  }
  pool.remove(mine.socket.id);
  pool.remove(theirs.socket.id);
  const room = { id: randomUUID(), chat, tickets: [mine, theirs], acked: new Set(), timer: null };
  mine.socket.data.room = theirs.socket.data.room = room;
  if (!mine.socket.connected || !theirs.socket.connected) {
    for (const ticket of room.tickets) {
      ticket.socket.data.room = null;
      if (ticket.socket.connected) pool.addFirst(ticket);
    }
    return false;
  }
  const common = mine.interests.filter((interest) => theirs.interests.includes(interest));
  tell(room, mine.socket, theirs.socket, common);
  tell(room, theirs.socket, mine.socket, common);
  room.timer = setTimeout(() => expire(room), ACK_MS);
  return true;
}

function tell(room, socket, peer, common) {
  const initiator = socket.id < peer.id;
  socket.emit("matched", { room: room.id, peer: peer.id, initiator, chat: room.chat, common, ackMs: ACK_MS });
}

function expire(room) {
  for (const { socket } of room.tickets) {
    if (socket.data.room !== room) continue;
    socket.data.room = null;
    socket.emit("peer-left", { room: room.id, reason: "unresponsive" });
  }
  for (const ticket of room.tickets) {
    if (room.acked.has(ticket.socket.id) && ticket.socket.connected) {
      chats.get(room.chat).addFirst(ticket);
      ticket.socket.emit("searching", { chat: room.chat, waiting: chats.get(room.chat).size, requeued: true });
    }
  }
}

function leave(socket, reason) {
  for (const pool of chats.values()) pool.remove(socket.id);
  const room = socket.data.room;
  if (!room) return;
  clearTimeout(room.timer);
  const peer = peerOf(room, socket);
  socket.data.room = peer.data.room = null;
  socket.data.last = { peer: peer.id, at: Date.now() };
  peer.data.last = { peer: socket.id, at: Date.now() };
  peer.emit("peer-left", { room: room.id, reason });
}

function peerOf(room, socket) {
  return room.tickets[room.tickets[0].socket === socket ? 1 : 0].socket;
}

function start(socket, request) {
  const pool = chats.get(request?.chat);
  if (!pool) return;
  leave(socket, "next");
  const interests = Array.isArray(request.interests) ? request.interests.slice(0, 10).map(normalize) : [];
  const ticket = { socket, interests, since: Date.now() };
  pool.add(ticket);
  const partner = pool.partnerFor(ticket, Date.now());
  if (!partner || !pair(request.chat, ticket, partner)) {
    socket.emit("searching", { chat: request.chat, waiting: pool.size });
  }
}

const normalize = (interest) => String(interest).trim().toLowerCase();

io.on("connection", (socket) => {
  socket.data = { room: null, last: null, blocked: new Set() };
  socket.on("start", (request) => start(socket, request));
  socket.on("stop", () => leave(socket, "stop"));
  socket.on("ack", ({ room } = {}) => {
    const present = socket.data.room;
    if (present?.id !== room) return;
    present.acked.add(socket.id);
    if (present.acked.size === 2) clearTimeout(present.timer);
  });
  socket.on("signal", ({ to, room, data } = {}) => {
    const present = socket.data.room;
    if (!present || present.id !== room) return;
    const peer = peerOf(present, socket);
    if (peer.id === to) peer.emit("signal", { from: socket.id, room, data });
  });
  // The least that can be relayed: no envelope, so nothing tells a late frame of an earlier room.
  socket.on("frame", (data) => {
    const present = socket.data.room;
    if (present) peerOf(present, socket).emit("frame", data);
  });
  socket.on("block", ({ room } = {}) => {
    const present = socket.data.room;
    if (present?.id !== room) return;
    socket.data.blocked.add(peerOf(present, socket).id);
    leave(socket, "stop");
  });
  socket.on("disconnect", () => leave(socket, "gone"));
});

setInterval(() => {
  const now = Date.now();
  for (const [chat, pool] of chats) {
    for (const ticket of pool.snapshot()) {
      const partner = pool.has(ticket.socket.id) && pool.partnerFor(ticket, now);
      if (partner) pair(chat, ticket, partner);
    }
  }
}, PASS_MS);

http.listen({ port: Number(process.env.PORT ?? 0), host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(`Now listening on: http://127.0.0.1:${http.address().port}`);
});
process.on("SIGTERM", () => process.exit(0));
