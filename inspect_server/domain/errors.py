"""The one family of errors that the rest of the product raises on purpose.

Each class has a stable ``code``; ``params`` holds what a reader needs to act. HTTP renders them as problem+json
(RFC 9457), signalling as an ``error`` message; the pages translate the code.
"""

from __future__ import annotations

from typing import ClassVar


class InspectError(Exception):
    """Base of all expected errors.

    Args:
        detail: one English sentence for logs and for readers without a translation.
        params: values for the translated text; only strings and numbers.
    """

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500

    def __init__(self, detail: str = "", **params: str | float) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.params = params


class BadRequest(InspectError):
    """The request is malformed; nothing was changed."""

    code = "bad_request"
    http_status = 400


class NotSignedIn(InspectError):
    """No valid sign-in came with the request."""

    code = "not_signed_in"
    http_status = 401


class WrongCredentials(InspectError):
    """Name or password is wrong; which of them is not told."""

    code = "wrong_credentials"
    http_status = 401


class TooManyAttempts(InspectError):
    """Rate limit; ``params["retry_after_s"]`` says when to try again."""

    code = "too_many_attempts"
    http_status = 429


class CsrfRejected(InspectError):
    """An unsafe request came without the token of its sign-in."""

    code = "csrf_rejected"
    http_status = 403


class NotAllowed(InspectError):
    """The person is known but has no right to do this."""

    code = "not_allowed"
    http_status = 403


class NotFound(InspectError):
    """The thing does not exist, or not for this person (the two are not told apart)."""

    code = "not_found"
    http_status = 404


class Conflict(InspectError):
    """The thing is in a state that does not admit this."""

    code = "conflict"
    http_status = 409


class InspectionEnded(Conflict):
    """The inspection is over; nobody can join it any more."""

    code = "inspection_ended"


class EvidenceTooLate(Conflict):
    """It was taken in time and comes too long after the end; ``params["accepted_until"]``."""

    code = "evidence_too_late"


class PartConcluded(Conflict):
    """The part has its conclusion; nothing is decided in it before that is taken back."""

    code = "part_concluded"


class RecordSigned(Conflict):
    """The record of the part is signed; nothing of it changes any more."""

    code = "record_signed"


class RecordSuperseded(Conflict):
    """The record is not, or no longer, the one that was read; there is a newer one, or will be."""

    code = "record_superseded"


class RecordAnswered(Conflict):
    """Somebody of this side has signed the record, or refused to."""

    code = "record_answered"


class DocumentPending(Conflict):
    """The PDF of the record is not made yet: it is signed by one side only, or was a moment ago by both."""

    code = "document_pending"


class AlreadyRated(Conflict):
    """One inspection is rated once."""

    code = "already_rated"


class InspectionRunning(Conflict):
    """There is no result yet that could be rated."""

    code = "inspection_running"


class ItemsOpen(Conflict):
    """Required points of the checklist are not decided; ``params["count"]``."""

    code = "items_open"


class ItemsFailed(Conflict):
    """Required points have failed, so the part cannot pass; ``params["count"]``."""

    code = "items_failed"


class NothingFailed(Conflict):
    """No point has failed, so there is nothing to rectify."""

    code = "nothing_failed"


class RemedyMissing(Conflict):
    """Failed points lack a remedy or its deadline; ``params["count"]``."""

    code = "remedy_missing"


class NoteMissing(Conflict):
    """Points that no picture can show passed without a word on how that is known; ``params["count"]``."""

    code = "note_missing"


class ReasonMissing(Conflict):
    """The decisions alone do not carry this conclusion: it needs a reason in words."""

    code = "reason_missing"


class OtherEnterprise(Conflict):
    """The cases of one inspection are about one enterprise."""

    code = "other_enterprise"


class InvitationInvalid(InspectError):
    """No such invitation; also for mistyped links."""

    code = "invitation_invalid"
    http_status = 404


class InvitationExpired(InspectError):
    """The invitation's time is over; ``params["expired_at"]``."""

    code = "invitation_expired"
    http_status = 410


class InvitationRevoked(InspectError):
    """The inspector took the invitation back."""

    code = "invitation_revoked"
    http_status = 410


class ParticipantRemoved(InvitationRevoked):
    """The inspector put this guest out of the call; their link is void."""

    code = "participant_removed"


class AccessInvalid(InspectError):
    """A machine's request came without a token, or with one that is unknown, revoked or expired."""

    code = "access_invalid"
    http_status = 401


class ConsentMissing(InspectError):
    """Nobody is recorded without consent."""

    code = "consent_missing"
    http_status = 403


class CodeWrong(InspectError):
    """The digits are not the ones that were sent; ``params["attempts_left"]``."""

    code = "code_wrong"
    http_status = 403


class CodeExpired(InspectError):
    """No code that could be entered: none was sent to this phone, it is too old, or was tried too often."""

    code = "code_expired"
    http_status = 410


class CodesNotSent(InspectError):
    """This server has no way to send codes; people identify themselves by a photo."""

    code = "codes_not_sent"
    http_status = 409


class MessageNotSent(InspectError):
    """The message gateway did not take it; ``params["reason"]`` is for the operator."""

    code = "message_not_sent"
    http_status = 502


class AppointmentHeld(Conflict):
    """The call has come about; its appointment is changed no more."""

    code = "appointment_held"


class RehearsalsBusy(InspectError):
    """So many people try their connection already that one more has to wait; ``params["retry_after_s"]``."""

    code = "rehearsals_busy"
    http_status = 503


class NotAdmitted(InspectError):
    """A guest waits at the door until the inspector lets them in."""

    code = "not_admitted"
    http_status = 403


class RoomFull(Conflict):
    """The room has its maximum of participants; ``params["max"]``."""

    code = "room_full"


class TooManyCameras(Conflict):
    """One participant publishes from as many sources as are allowed; ``params["max"]``."""

    code = "too_many_cameras"


class NotInRoom(Conflict):
    """Who is meant is not in the call at the moment."""

    code = "not_in_room"


class DrawingFull(Conflict):
    """Nothing more is drawn on this picture; ``params["max_shapes"]``."""

    code = "drawing_full"


class TicketInvalid(InspectError):
    """The signalling ticket is unknown, used or too old."""

    code = "ticket_invalid"
    http_status = 401


class NoCommonCodec(InspectError):
    """The browser offers neither H264 nor VP9 (video), or no Opus (audio)."""

    code = "no_common_codec"
    http_status = 422


class BadSdp(InspectError):
    """The session description cannot be read or lacks what is needed."""

    code = "bad_sdp"
    http_status = 422


class UnsupportedContent(InspectError):
    """The body is of another media type than the one that is understood here; ``params["expected"]``."""

    code = "unsupported_content"
    http_status = 415


class IceRestartRefused(InspectError):
    """A running connection keeps its ICE credentials; a new one takes over by a new POST (RFC 9725, 4.3)."""

    code = "ice_restart_refused"
    http_status = 422


class PreconditionFailed(InspectError):
    """``If-Match`` names another state than the present one."""

    code = "precondition_failed"
    http_status = 412


class MediaUnavailable(InspectError):
    """No media worker can take the call at the moment."""

    code = "media_unavailable"
    http_status = 503


class FileTypeRefused(InspectError):
    """The content of a file is nothing that is taken here; ``params["found"]``: what it is, empty if unknown."""

    code = "file_type_refused"
    http_status = 415


class FileTooLarge(InspectError):
    """A file, or the picture in it, is larger than allowed; ``params["max_bytes"]`` or ``params["max_pixels"]``."""

    code = "file_too_large"
    http_status = 413


class FileDamaged(InspectError):
    """A file breaks off or cannot be decoded."""

    code = "file_damaged"
    http_status = 422


class EvidenceUnavailable(InspectError):
    """The bytes of a piece of evidence cannot be had from the object store at the moment."""

    code = "evidence_unavailable"
    http_status = 503


class TooManyUploads(InspectError):
    """So many files are on their way already that one more has to wait; ``params["retry_after_s"]``."""

    code = "too_many_uploads"
    http_status = 503


class UploadBroken(InspectError):
    """The file did not arrive whole; sending it again is right."""

    code = "upload_broken"
    http_status = 400


class SpoolFull(InspectError):
    """The local spool has no room for a new call."""

    code = "spool_full"
    http_status = 503


class StorageUnavailable(InspectError):
    """Database or object store does not answer."""

    code = "storage_unavailable"
    http_status = 503


class DatabaseFolderMissing(StorageUnavailable):
    """The folder of the SQLite file is not there: never made, or its disk is gone; ``params["folder"]``."""

    code = "database_folder_missing"


class FootageUnavailable(InspectError):
    """The bytes of a segment cannot be had from the object store at the moment."""

    code = "footage_unavailable"
    http_status = 503


class ConfigurationError(InspectError):
    """The server cannot start like this; ``detail`` says what to do."""

    code = "configuration_error"


class DatabaseNotMigrated(ConfigurationError):
    """The database lacks migrations; ``inspect-server migrate`` mends it."""

    code = "database_not_migrated"


class SettingsInvalid(ConfigurationError):
    """A setting has a wrong value; ``params["problems"]`` has one line for each."""

    code = "settings_invalid"


class PortTaken(ConfigurationError):
    """Another program listens there; ``params["host"]``, ``params["port"]``, ``params["setting"]``."""

    code = "port_taken"


class SpoolNotWritable(ConfigurationError):
    """The spool folder cannot be written, or another server owns it; ``params["folder"]``."""

    code = "spool_not_writable"


class CertificateUnusable(ConfigurationError):
    """A TLS certificate or key cannot be read; ``params["file"]``."""

    code = "certificate_unusable"


class CannotListen(ConfigurationError):
    """The address is not this machine's, or the port is reserved; ``host``, ``port``, ``setting``, ``reason``."""

    code = "cannot_listen"


class PagesMissing(ConfigurationError):
    """The built pages are not there, or no longer; ``make run`` makes them, a released package has them; ``folder``."""

    code = "pages_missing"
    http_status = 503
