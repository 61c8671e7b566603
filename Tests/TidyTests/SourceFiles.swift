// The source files of the package as text, for the house rules.

import Foundation

/// One file under `Sources`, `Tests` or `Benchmarks`.
struct SourceFile: CustomStringConvertible {
  /// Path from the top of the package.
  let path: String
  let lines: [String]

  var description: String { path }

  /// Folders from the top, without the file's name.
  var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }

  /// The module: the folder under `Sources`.
  var module: String { folders.count > 1 ? folders[1] : "" }

  /// Lines without comments and the content of one-line string literals.
  var code: [String] {
    lines.map { line in
      let bare = line.replacing(/"(\\.|[^"\\])*"/, with: "\"\"")
      return bare.range(of: "//").map { String(bare[..<$0.lowerBound]) } ?? bare
    }
  }

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All files with an ending below a folder of the package, by path.
  static func all(in folder: String, ending: String = ".swift") throws -> [SourceFile] {
    let base = root.appending(path: folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: base.path)
    return try names.filter { $0.hasSuffix(ending) && !$0.contains(".build") }.sorted().map {
      name in
      let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
      return SourceFile(
        path: folder + "/" + name, lines: text.components(separatedBy: "\n"))
    }
  }
}
