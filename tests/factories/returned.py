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
