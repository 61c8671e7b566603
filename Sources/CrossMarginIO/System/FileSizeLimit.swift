// A limit on the size of files is an error of a write like a full disk, not the end of the process.

import Glibc

/// The limit that the system sets on the size of files a process writes.
public enum FileSizeLimit {
  /// Makes a write beyond the limit fail with an error; by default a signal ends the process.
  public static func failWrites() {
    _ = signal(SIGXFSZ, SIG_IGN)
  }
}
