#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
# A seccomp agent, seccomp_unotify(2): agent.py SOCKET STATES RULES. Each connection's container process state becomes one line of STATES, with the number of bytes
# behind it and of descriptors. RULES is JSON: system call number → errno, or 0: the kernel does the call; others are done too.
import array, fcntl, json, os, select, socket, struct, sys

RECV, SEND = 0xC0502100, 0xC0182101
CONTINUE = 1

path, states, rules = sys.argv[1], sys.argv[2], {int(k): v for k, v in json.loads(sys.argv[3]).items()}


def take(connection):
    """One message a connection, until its end; the descriptors come with its first bytes."""
    fds, text = array.array("i"), b""
    while True:
        data, ancillary, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(8 * fds.itemsize))
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
        if not data:
            break
        text += data
    connection.close()
    if not text:
        return []   # a container that came to nothing
    with open(states, "a") as out:
        out.write(json.dumps({"fds": len(fds), "state": json.loads(text)}) + "\n")
    return list(fds)


def answer(fd):
    request = bytearray(80)
    try:
        fcntl.ioctl(fd, RECV, request)
    except OSError:
        return
    number = struct.unpack_from("=QIIi", request)[3]
    error = rules.get(number, 0)
    reply = struct.pack("=QqiI", struct.unpack_from("=Q", request)[0], 0, -error, 0 if error else CONTINUE)
    try:
        fcntl.ioctl(fd, SEND, bytearray(reply))
    except OSError:
        pass   # the caller is gone


server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind("\0" + path[1:] if path.startswith("@") else path)
server.listen(4)
poll = select.poll()
poll.register(server, select.POLLIN)
print("ready", flush=True)
while True:
    for fd, event in poll.poll():
        if fd == server.fileno():
            for listener in take(server.accept()[0]):
                poll.register(listener, select.POLLIN)
        elif event & select.POLLIN:
            answer(fd)
        else:
            poll.unregister(fd)   # nobody is left whose calls it could get
            os.close(fd)
