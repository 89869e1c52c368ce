"""What a mail server sends back of a mail that did not arrive."""

NUMBER = "0193a1b2c3d4@portal.example"


def report(status="5.1.1", action="failed", original="message/rfc822", code="smtp; 550 5.1.1 no such user") -> bytes:
    """A report (RFC 3464) about the mail `NUMBER`."""
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: noroshi@portal.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

<kato@example.jp>: 4.9.9 this text is for people

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 27 Nov 2026 10:00:00 +0900

Final-Recipient: rfc822; kato@example.jp
Action: {action}
Status: {status}
Diagnostic-Code: {code}

--b1
Content-Type: {original}

Message-ID: <{NUMBER}>
Subject: x
References: <other@elsewhere.example>

--b1--
""".replace("\n", "\r\n").encode()


def from_postfix(token="", failed="gone@example.jp", action="failed", status="5.1.1", code="", *, headers_alone=False):
    """What Postfix sends back about a mail `NUMBER`, with the place that delivered it there on top."""
    back = f"bounces+{token}@portal.example" if token else "bounces@portal.example"
    kind = "text/rfc822-headers" if headers_alone else "message/rfc822"
    return f"""Return-Path: <>
X-Original-To: {back}
Delivered-To: {back}
Received: by mail.portal.example (Postfix)
\tid 83E1B252131; Sat, 28 Nov 2026 11:30:35 +0000 (UTC)
Date: Sat, 28 Nov 2026 11:30:35 +0000 (UTC)
From: Mail Delivery System <MAILER-DAEMON@mail.portal.example>
Subject: Undelivered Mail Returned to Sender
To: {back}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="7B01E25212F.1795865435/mail.portal.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20261128113035.83E1B252131@mail.portal.example>

This is a MIME-encapsulated message.

--7B01E25212F.1795865435/mail.portal.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mail.portal.example.

--7B01E25212F.1795865435/mail.portal.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.portal.example
X-Postfix-Queue-ID: 7B01E25212F
X-Postfix-Sender: rfc822; {back}
Arrival-Date: Sat, 28 Nov 2026 11:30:35 +0000 (UTC)

Final-Recipient: rfc822; {failed}
Original-Recipient: rfc822;{failed}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.jp
Diagnostic-Code: {code or "smtp; 550 5.1.1 <gone@example.jp>: Recipient address"}
    rejected: User unknown in virtual mailbox table

--7B01E25212F.1795865435/mail.portal.example
Content-Description: Undelivered Message
Content-Type: {kind}
Content-Transfer-Encoding: 8bit

Return-Path: <{back}>
Received: from localhost (localhost [127.0.0.1])
\tby mail.portal.example (Postfix) with ESMTP id 7B01E25212F
\tfor <{failed}>; Sat, 28 Nov 2026 11:30:35 +0000 (UTC)
From: magazine@portal.example
To: {failed}
Message-ID: <{NUMBER}>
Auto-Submitted: auto-generated
Precedence: bulk

--7B01E25212F.1795865435/mail.portal.example--
""".replace("\n", "\r\n").encode()


def returned(number, **said) -> bytes:
    """The letter of a mail server about the mail of this number."""
    return report(**said).replace(NUMBER.encode(), number.encode())
