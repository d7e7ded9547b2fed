"""Mails through a real mail server, over TLS."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mail_server import MailServer, body, mail_server

from dbspend360.errors import BadSettings
from dbspend360.models.delivery import Delivery, Message
from dbspend360.services.mail_message import one_line
from dbspend360.services.mail_server import read_sender, read_server
from dbspend360.services.mailer import Mailer, NoReceipt, NotSent, make_mailer
from dbspend360.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DANA, AMIR = "dana@example.com", "amir@example.com"


def delivery(*recipients: str, subject: str = "Dear", text: str = "It was dear.\n") -> Delivery:
    return Delivery(
        id="1",
        message=Message(subject, text, f"<p>{text}</p>"),
        message_id="dbspend360.1",
        incidents=(),
        created_at=NOW,
        due_at=NOW,
        recipients=recipients or (DANA,),
    )


def mailer_of(server: MailServer, **more: Any) -> Mailer:
    found = make_mailer(Settings.model_validate(server.settings(**more)))
    assert found
    return found


def send(server: MailServer, what: Delivery | None = None, **more: Any) -> str:
    return mailer_of(server, **more).send(what or delivery(), lambda: None)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "mail") as running:
        yield running


# It arrives


def test_a_mail_arrives_once_over_starttls_with_text_and_html(server: MailServer) -> None:
    assert send(server, delivery(DANA, AMIR)) == ""
    [mail] = server.mailbox.mails
    assert server.mailbox.was_tls == [True]
    assert server.mailbox.recipients == [[DANA, AMIR]]
    assert mail["From"] == "DBSpend360 <alerts@example.com>"
    assert mail["To"] == f"{DANA}, {AMIR}"
    assert mail["Message-ID"] == "<dbspend360.1@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert body(mail, "plain") == "It was dear.\n"
    assert body(mail, "html") == "<p>It was dear.\n</p>\n"


def test_lines_of_dots_and_other_alphabets_arrive_as_they_are(server: MailServer) -> None:
    words = ".\n..\n.x\n売上 💸 — ünïcode " + "long " * 500 + "\n"
    send(server, delivery(subject="売上 💸", text=words))
    [mail] = server.mailbox.mails
    assert (mail["Subject"], body(mail, "plain")) == ("売上 💸", words)


@pytest.mark.parametrize("implicit", [False, True])
def test_it_logs_in_over_tls(tmp_path: Path, implicit: bool) -> None:
    with mail_server(tmp_path, implicit=implicit, login=True) as server:
        send(server)
        assert len(server.mailbox.mails) == 1


def test_without_tls_only_when_that_is_said(tmp_path: Path) -> None:
    with mail_server(tmp_path, tls=False) as server:
        send(server)
        assert len(server.mailbox.mails) == 1
        with pytest.raises(NotSent, match=r"does not offer .* STARTTLS"):
            send(server, smtp_url=f"smtp://localhost:{server.port}")


# It does not, and says why


def test_a_certificate_of_somebody_else_is_not_trusted(server: MailServer) -> None:
    with pytest.raises(NotSent, match="certificate is not trusted"):
        send(server, tls_ca_file=None)
    assert server.mailbox.mails == []


def test_a_wrong_password_is_said_without_it(tmp_path: Path) -> None:
    with mail_server(tmp_path, login=True) as server:
        wrong = server.url.replace("s3cret", "hunter2")
        with pytest.raises(NotSent, match="does not accept the user") as caught:
            send(server, smtp_url=wrong)
        assert "hunter2" not in str(caught.value)


def test_nobody_there_is_said_at_once(tmp_path: Path) -> None:
    with mail_server(tmp_path) as server:
        pass
    with pytest.raises(NotSent, match="cannot be reached") as caught:
        send(server)
    assert caught.value.is_server_down


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"smtp://127.0.0.1:{mute.getsockname()[1]}"
        mailer = make_mailer(
            Settings.model_validate(
                {"smtp_url": url, "mail_from": "a@example.com", "mail_seconds": 0.5}
            )
        )
        assert mailer
        began = time.monotonic()
        with pytest.raises(NotSent, match="did not answer in time"):
            mailer.send(delivery(), lambda: None)
        assert time.monotonic() - began < 2


def test_of_many_recipients_those_refused_are_named(server: MailServer) -> None:
    server.mailbox.refuses = {AMIR}
    assert send(server, delivery(DANA, AMIR)) == f"Refused for {AMIR}."
    assert server.mailbox.recipients == [[DANA]]


def test_when_all_are_refused_nothing_is_sent(server: MailServer) -> None:
    server.mailbox.refuses = {DANA}
    with pytest.raises(NotSent, match=r"refused every recipient.*no such person") as caught:
        send(server)
    assert not caught.value.is_server_down


def test_a_mail_that_is_refused_was_not_sent(server: MailServer) -> None:
    server.mailbox.refuses_mail = "451 try later"
    with pytest.raises(NotSent, match="451 try later"):
        send(server)


def test_a_receipt_that_does_not_come_leaves_a_doubt(server: MailServer) -> None:
    server.mailbox.receipt_seconds = 7
    steps: list[int] = []
    with pytest.raises(NoReceipt):
        mailer_of(server, mail_seconds=0.5).send(
            delivery(), lambda: steps.append(len(server.mailbox.mails))
        )
    assert steps == [0]  # told before it could have arrived


def test_a_slow_receipt_is_waited_for(server: MailServer) -> None:
    server.mailbox.receipt_seconds = 2
    assert send(server, mail_seconds=0.5) == ""


def test_whoever_may_not_hand_over_sends_nothing(server: MailServer) -> None:
    def another_was_faster() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        mailer_of(server).send(delivery(), another_was_faster)
    assert server.mailbox.mails == []


def test_a_line_that_is_cut_while_it_is_handed_over_leaves_a_doubt() -> None:
    """After the whole mail was read; before that no server would keep it, but who knows."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up_after_data, args=(listener,), daemon=True).start()
        url = f"smtp://127.0.0.1:{listener.getsockname()[1]}?starttls=no"
        mailer = make_mailer(
            Settings.model_validate({"smtp_url": url, "mail_from": "a@example.com"})
        )
        assert mailer
        with pytest.raises(NoReceipt):
            mailer.send(delivery(), lambda: None)


def hang_up_after_data(listener: socket.socket) -> None:
    line, _ = listener.accept()
    with line, line.makefile("rwb") as stream:
        for reply in (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go"):
            stream.write(reply + b"\r\n")
            stream.flush()
            if reply != b"354 go":
                stream.readline()
        while stream.readline() != b".\r\n":
            pass


# Headers


@pytest.mark.parametrize(
    "name",
    [
        "load\r\nBcc: everybody@example.com",
        "load\nX-Evil: 1",
        "load\r\n\r\n<script>",
        "load\x00\x0b\x85\u2028name",
        "\u202egnp.exe",
        "x" * 5000,
    ],
)
def test_no_name_of_a_job_becomes_a_header(server: MailServer, name: str) -> None:
    send(server, delivery(subject=name))
    [mail] = server.mailbox.mails
    assert "Bcc" not in mail
    assert "X-Evil" not in mail
    assert mail["Subject"].isprintable()
    assert len(mail["Subject"]) <= 150


def test_a_line_is_one_line() -> None:
    assert one_line(" a\r\nb\t c ") == "a b c"
    assert one_line("abcdef", most=4) == "abc…"


# Settings


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://host:port",
        "smtp://host:99999",
        "smtp://host?starttls=maybe",
        "smtp://host?tls=no",
        "smtp://host/path",
        "smtp://us er:pw@host?",
        "smtp://u:p#x@host",
        "smtp://user:hunter2@mail.example.com:25?starttls=no",
    ],
)
def test_a_mail_server_that_cannot_be_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_SMTP_URL") as caught:
        read_server(url)
    assert "hunter2" not in str(caught.value)


def test_ports_and_tls_follow_from_the_scheme() -> None:
    plain, private = read_server("smtp://host"), read_server("smtps://u%40x:p%2Fw@host")
    assert (plain.port, plain.needs_starttls, plain.is_tls) == (587, True, False)
    assert (private.port, private.needs_starttls, private.is_tls) == (465, False, True)
    assert (private.user, private.password) == ("u@x", "p/w")
    assert "p/w" not in repr(private)


@pytest.mark.parametrize(
    "sender", ["", "alerts", "A <b@c>\r\nBcc: x@example.com", "Alerts <>", "a@b\nc", "A\n <a@b.c>"]
)
def test_a_sender_that_cannot_be_is_refused(sender: str) -> None:
    with pytest.raises(BadSettings, match="DBSPEND360_MAIL_FROM"):
        read_sender(sender)


def test_a_sender_may_have_a_name_in_any_alphabet() -> None:
    assert str(read_sender("Kosten 売上 <a@example.com>")) == "Kosten 売上 <a@example.com>"


def test_certificates_that_cannot_be_read_are_said(server: MailServer, tmp_path: Path) -> None:
    (tmp_path / "odd.pem").write_text("odd")
    for name in ("gone.pem", "odd.pem"):
        with pytest.raises(BadSettings, match="DBSPEND360_TLS_CA_FILE"):
            mailer_of(server, tls_ca_file=tmp_path / name)


def test_without_a_mail_server_there_is_no_mailer() -> None:
    assert make_mailer(Settings()) is None
