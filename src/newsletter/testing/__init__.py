"""Mail services for tests: real servers on 127.0.0.1 that keep what they were given, and fail when told to.

`SmtpSink` needs aiosmtpd (`pip install aiosmtpd`). `FakeSendGrid` enforces the limits that SendGrid documents, and
`EventSigner` signs what SendGrid would tell of messages afterwards. `FakeDns` is a name server.
"""

from newsletter.testing.events import EventSigner
from newsletter.testing.names import FakeDns
from newsletter.testing.sendgrid import LIMIT, FakeSendGrid, Fault, Received
from newsletter.testing.smtp import SmtpSink

__all__ = ["LIMIT", "EventSigner", "FakeDns", "FakeSendGrid", "Fault", "Received", "SmtpSink"]
