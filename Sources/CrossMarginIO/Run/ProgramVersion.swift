// The version that manifests and `--version` name.

/// Version of the program.
public enum ProgramVersion {
  /// Semantic version; results of different versions may differ.
  public static let text = "0.1.0"
}
