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
        var file = try AtomicFile(folder + "/" + name)
        try table.forEachPiece { piece throws(FileSystemError) in try file.append(piece.span) }
        try file.commit()
      }
      try AtomicFile.write(page, to: folder + "/report.html")
    } catch {
      throw .fileSystem(error)
    }
  }
}
