// What is written beside the database when a run ends.

import CrossMargin
import PortfolioModel

struct Publication {
  let folder: String
  let loaded: LoadedBook

  /// Writes `summary.json` and, where asked for, CSV files and the report.
  func write() throws {
    let reader = try ResultReader(folder)
    try SummaryJSON(reader).write(to: folder + "/summary.json")
    if loaded.outputs.isReportWritten {
      try ReportPage(ReportData(reader)).write(to: folder + "/report.html")
    }
    if loaded.outputs.isCSVWritten {
      try Folders.create(folder + "/csv")
      try CSVExport(reader).write(to: folder + "/csv")
    }
  }
}
