"""Mailman 3 hands over one letter to every member of a list; `test_peers.py` runs this in its environment.

Arguments: an empty folder, the sink's port, members, the letter's file. When the letter lies in the queue
of the out runner it says `ready`; at the line that answers, the runner starts.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import sys
from email import message_from_bytes
from pathlib import Path

from mailman.app.lifecycle import create_list
from mailman.bin.runner import make_runner
from mailman.config import config
from mailman.core.initialize import initialize
from mailman.core.pipelines import process
from mailman.email.message import Message
from mailman.interfaces.domain import IDomainManager
from mailman.interfaces.mailinglist import Personalization
from mailman.interfaces.usermanager import IUserManager
from zope.component import getUtility

CONFIGURATION = """
[mailman]
layout: bench
site_owner: owner@office.test

[paths.bench]
var_dir: {folder}
bin_dir: {folder}

[mta]
incoming: mailman.mta.null.NullMTA
smtp_host: 127.0.0.1
smtp_port: {port}
verp_personalized_deliveries: yes
"""


def main(folder: Path, port: int, copies: int, letter: Path) -> None:
    """Make the list, put the letter in the queue, and run the queue once."""
    file = folder / "mailman.cfg"
    file.write_text(CONFIGURATION.format(folder=folder, port=port))
    initialize(str(file))
    getUtility(IDomainManager).add("office.test")
    newsletter = create_list("nyheter@office.test", style_name="legacy-announce")
    newsletter.personalize = Personalization.full
    newsletter.send_welcome_message = False
    users = getUtility(IUserManager)
    for number in range(copies):
        newsletter.subscribe(users.create_address(f"reader{number}@home.test", f"Reader {number}"))
    config.db.commit()
    message = message_from_bytes(letter.read_bytes(), Message)
    message.original_size = letter.stat().st_size
    process(newsletter, message, {}, newsletter.posting_pipeline)
    config.db.commit()
    runner = make_runner("out", None, None, once=True)
    print("ready", flush=True)
    sys.stdin.readline()
    runner.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
