"""django-newsletter submits one message to every subscription; `test_peers.py` runs this in its environment.

Arguments: an empty folder, the sink's port, subscriptions, the letter's file. When the submission is queued
it says `ready`; at the line that answers, the command `submit_newsletter` runs.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import sys
from email import message_from_bytes, policy
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

TEMPLATES = "newsletter/message"
"""Where django-newsletter looks for a message's subject, text and HTML, below a folder of templates."""

OWN = "{{ subscription.name }} {{ site_url }}{% url 'newsletter_unsubscribe_request' newsletter.slug %}\n"
"""What it writes for each recipient; the letter itself stands in the templates, which Django parses once."""

ENGINE = "django.template.backends.django.DjangoTemplates"


def configure(folder: Path, port: int) -> None:
    """A site without web: SQLite, Django's own SMTP backend, templates in the folder."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "site.db"}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sites",
            "sorl.thumbnail",
            "newsletter",
        ],
        TEMPLATES=[{"BACKEND": ENGINE, "DIRS": [folder], "APP_DIRS": True}],
        ROOT_URLCONF="newsletter.urls",
        SITE_ID=1,
        USE_TZ=True,
        SECRET_KEY="bench",  # noqa: S106 - signs nothing that anybody sees
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        NEWSLETTER_THUMBNAIL="sorl-thumbnail",
        NEWSLETTER_USE_HTTPS=True,
    )
    django.setup()


def main(folder: Path, port: int, copies: int, letter: Path) -> None:
    """Make the newsletter, queue the message, and submit it."""
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    text, page = (part.get_content() for part in message.iter_parts())
    (folder / TEMPLATES).mkdir(parents=True)
    (folder / TEMPLATES / "message_subject.txt").write_text(message["Subject"])
    (folder / TEMPLATES / "message.txt").write_text(text + OWN)
    (folder / TEMPLATES / "message.html").write_text(page + OWN)
    configure(folder, port)
    call_command("migrate", verbosity=0)

    from newsletter.models import Message, Newsletter, Submission, Subscription

    newsletter = Newsletter.objects.create(
        title="Nyheter", slug="nyheter", email="kontoret@office.test", sender="Kontoret"
    )
    newsletter.site.set([1])
    Subscription.objects.bulk_create(
        Subscription(
            newsletter=newsletter,
            name_field=f"Reader {number}",
            email_field=f"reader{number}@home.test",
            subscribed=True,
            activation_code="",
        )
        for number in range(copies)
    )
    issue = Message.objects.create(newsletter=newsletter, title=message["Subject"], slug="december")
    submission = Submission.from_message(issue)
    submission.prepared = True
    submission.save()
    print("ready", flush=True)
    sys.stdin.readline()
    call_command("submit_newsletter", verbosity=0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
