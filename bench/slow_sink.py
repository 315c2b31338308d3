"""A mail server on loopback that takes its time over each dot, and counts letters by recipient.

A program of its own, so that it takes no time from the sender that is measured. It prints its port; it
answers the line `count` with a number, any other with a JSON object of letters by recipient; when its input
ends, it ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable

END = b"\r\n.\r\n"
ANSWERS = {
    b"EHLO": b"250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"HELO": b"250 sink.test\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


class Session(asyncio.Protocol):
    """One connection: commands by line, a letter up to its dot, and a wait before the dot is answered."""

    transport: asyncio.Transport

    def __init__(self, delay: float, letters: Counter[str]) -> None:
        """Count in `letters`, which all sessions share."""
        self.delay = delay
        self.letters = letters
        self.recipients: list[str] = []
        self.unread = b""
        self.read: Callable[[], None] = self.commands

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink.test ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Read as far as what is expected now reaches."""
        self.unread += data
        self.read()

    def commands(self) -> None:
        """Answer whole lines, several at once when the client pipelines."""
        replies = []
        while self.read == self.commands and b"\r\n" in self.unread:
            line, self.unread = self.unread.split(b"\r\n", 1)
            verb = line[:4].upper()
            replies.append(ANSWERS.get(verb, b"250 2.0.0 Ok\r\n"))
            if verb == b"RCPT":
                self.recipients.append(line.partition(b"<")[2].partition(b">")[0].decode().lower())
            elif verb in {b"MAIL", b"RSET"}:
                self.recipients.clear()
            elif verb == b"DATA":
                # The end of DATA's own line may begin the dot's: so an empty letter ends too.
                self.unread = b"\r\n" + self.unread
                self.read = self.body
        self.transport.write(b"".join(replies))
        if replies and replies[-1] == ANSWERS[b"QUIT"]:
            self.transport.close()
        if self.read == self.body:
            self.body()

    def body(self) -> None:
        """Throw the letter away up to its dot; keep of the rest only what may begin the dot."""
        end = self.unread.find(END)
        if end < 0:
            self.unread = self.unread[-len(END) + 1 :]
            return
        self.unread = self.unread[end + len(END) :]
        self.letters.update(self.recipients)
        self.recipients.clear()
        self.read = self.nothing
        asyncio.get_running_loop().call_later(self.delay, self.accepted)

    def nothing(self) -> None:
        """The dot is not answered yet: what arrives waits."""

    def accepted(self) -> None:
        """Answer the dot."""
        self.transport.write(b"250 2.0.0 Ok\r\n")
        self.read = self.commands
        self.commands()


async def serve(delay: float) -> None:
    """Listen on a free port until the input ends."""
    letters: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(delay, letters), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    while asked := await loop.run_in_executor(None, sys.stdin.readline):
        print(letters.total() if asked == "count\n" else json.dumps(letters), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
