"""The media host of an account: how a file of this computer becomes an address that its service can fetch."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from studio.domain.account import HostKind, MediaHost, Secret
from studio.ui.accounts.secret_edit import SecretEdit
from studio.ui.accounts.sections import Section, named
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label, restyle

_HOURS = (1, 3, 6, 12, 24, 72, 168)


class HostSection(Section):
    """`changed()` at each change, `test_wanted()`: the page saves first, then tests."""

    changed = Signal()
    test_wanted = Signal()

    def __init__(self, host: MediaHost) -> None:
        super().__init__(self.tr("Media host"), "host")
        self._kept_kind = host.kind
        self.kind = Segments(
            [
                (HostKind.NONE, self.tr("None")),
                (HostKind.BUCKET, self.tr("Bucket")),
                (HostKind.INLINE, self.tr("In the request")),
            ],
            name=self.tr("Media host"),
        )
        self.kind.setObjectName("hostKind")
        self.kind.chosen.connect(lambda _: self._chosen())
        self._words = label("", "label", wrap=True)
        self.column.addWidget(self.kind)
        self.column.addWidget(self._words)
        self.endpoint, self.bucket, self.region, self.prefix = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.expiry = QComboBox()
        self.key_id = SecretEdit("hostKeyId", self.tr("Access key id"))
        self.secret = SecretEdit("hostSecret", self.tr("Secret access key"))
        self.test = push(self.tr("Save and test"), "testMediaHost")
        self.test.clicked.connect(self.test_wanted)
        self._bucket = QWidget()
        self._lay_out()
        self.end()
        self.show_host(host)
        for edit in (self.endpoint, self.bucket, self.region, self.prefix, self.key_id, self.secret):
            edit.textEdited.connect(lambda _: self._told())
        self.expiry.activated.connect(lambda _: self._told())

    def _lay_out(self) -> None:
        fields = (
            (self.bucket, "hostBucket", self.tr("Bucket"), "my-media"),
            (self.region, "hostRegion", self.tr("Region"), "us-east-1"),
            (self.endpoint, "hostEndpoint", self.tr("Endpoint, empty for Amazon's own"), "https://s3.example.com"),
            (self.prefix, "hostPrefix", self.tr("Folder in it"), "studio/"),
        )
        for edit, name, words, example in fields:
            named(edit, name, words)
            edit.setPlaceholderText(example)
        named(self.expiry, "hostExpiry", self.tr("An address is good for"))
        for hours in _HOURS:
            self.expiry.addItem(self._span(hours), hours * 3600)
        outer, self.column = self.column, QVBoxLayout(self._bucket)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.add_pair((fields[0][2], self.bucket), (fields[1][2], self.region))
        self.add_row(fields[2][2], self.endpoint)
        self.add_pair((fields[3][2], self.prefix), (self.tr("An address is good for"), self.expiry))
        self.add_row(self.tr("Access key id, kept in the keyring"), self.key_id)
        self.add_row(self.tr("Secret access key, kept in the keyring"), self.secret)
        self.column.addSpacing(6)
        self.column.addWidget(self.test)
        self.column = outer
        self.column.addWidget(self._bucket)

    def host(self) -> MediaHost:
        """What the form says, without the secrets."""
        kind = self.kind.value()
        seconds = self.expiry.currentData()
        return MediaHost(
            kind if isinstance(kind, HostKind) else HostKind.NONE,
            self.endpoint.text().strip(), self.bucket.text().strip(), self.region.text().strip(), self.prefix.text().strip(),
            seconds if isinstance(seconds, int) else MediaHost().expires_s,
        )

    def show_host(self, host: MediaHost) -> None:
        """Show what is kept; the secrets are never shown."""
        self._kept_kind = host.kind
        self.kind.set_value(host.kind)
        for edit, text in ((self.endpoint, host.endpoint), (self.bucket, host.bucket), (self.region, host.region),
                           (self.prefix, host.prefix)):
            edit.setText(text)
        if self.expiry.findData(host.expires_s) < 0:
            self.expiry.addItem(self.tr("{n} seconds").format(n=f"{host.expires_s:,}"), host.expires_s)
        self.expiry.setCurrentIndex(self.expiry.findData(host.expires_s))
        self.key_id.forget()
        self.secret.forget()
        self._explain()

    def show_kept(self, key_id: bool, secret: bool) -> None:
        """Whether the keyring has the two secrets."""
        for edit, kept in ((self.key_id, key_id), (self.secret, secret)):
            edit.setPlaceholderText(self.tr("Kept. Type to replace it.") if kept else "")

    def secrets(self) -> dict[Secret, str | None]:
        """What is to be put into the keyring, and (None) to be taken out of it: a bucket that is given up leaves nothing."""
        if self.host().kind is not HostKind.BUCKET:
            gone = self._kept_kind is HostKind.BUCKET
            return {Secret.HOST_KEY: None, Secret.HOST_SECRET: None} if gone else {}
        typed = {Secret.HOST_KEY: self.key_id.secret(), Secret.HOST_SECRET: self.secret.secret()}
        return {purpose: text for purpose, text in typed.items() if text}

    def mark(self, field: str | None) -> bool:
        """Mark the control that an error belongs to; False if it is none of these."""
        edits = {"endpoint": self.endpoint, "bucket": self.bucket, "region": self.region, "prefix": self.prefix,
                 "media_host": self.bucket, "expires_s": self.expiry}
        for widget in (self.endpoint, self.bucket, self.region, self.prefix):
            restyle(widget, "wrong", False)
        found = edits.get((field or "").rpartition(".")[2])
        if found is None:
            return False
        restyle(found, "wrong", True)
        found.setFocus()
        return True

    def _span(self, hours: int) -> str:
        if hours >= 24:
            return self.tr("1 day") if hours == 24 else self.tr("{n} days").format(n=hours // 24)
        return self.tr("1 hour") if hours == 1 else self.tr("{n} hours").format(n=hours)

    def _chosen(self) -> None:
        self._explain()
        self._told()

    def _told(self) -> None:
        self.say("")
        self.mark(None)
        self.changed.emit()

    def _explain(self) -> None:
        kind = self.host().kind
        self._bucket.setVisible(kind is HostKind.BUCKET)
        self._words.setText({
            HostKind.NONE: self.tr("The service takes addresses only. Without a host, files of this computer cannot go"
                                   " along."),
            HostKind.BUCKET: self.tr("Files go to an S3-compatible bucket of yours, as an address that ends, and are deleted"
                                     " there after the job."),
            HostKind.INLINE: self.tr("Files go inside the request itself. Only where the service takes them, and for small"
                                     " files."),
        }[kind])
