"""What only a real browser can tell: Debian's Chromium opens letters and pages as a reader does."""
