// The folder of a study: its tables and its page.

/// Writes what a study found.
enum StudyFolder {
  /// Makes the folder and writes each table and `report.html`, each whole or not at all.
  static func write(
    _ tables: [(name: String, table: CSVTable)], page: String, to folder: String
  ) throws(OutputError) {
    do throws(FileSystemError) {
      try Folders.create(folder)
      for (name, table) in tables {
        try AtomicFile.write(
          String(decoding: table.bytes, as: UTF8.self), to: folder + "/" + name)
      }
      try AtomicFile.write(page, to: folder + "/report.html")
    } catch {
      throw .fileSystem(error)
    }
  }
}
