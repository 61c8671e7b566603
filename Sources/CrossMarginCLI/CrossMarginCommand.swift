// The command line: what was typed, what it means, and which number the process ends with.

import ArgumentParser
import CrossMarginIO
import Foundation
import RiskNumerics

/// `crossmargin`.
@main
struct CrossMarginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crossmargin",
    abstract: "Cross-margin portfolio risk: value, Greeks, scenario losses, margin and status.",
    discussion: """
      A book is a folder with a market, instruments, accounts and run.yaml. The nightly run is

        crossmargin run BOOK

      Exit code: 0 done; 1 done, with unmargined accounts or a breached limit; 2 not done.
      """,
    version: ProgramVersion.text,
    subcommands: [
      RunCommand.self, CheckCommand.self, ExplainCommand.self, ImportCommand.self,
      GenerateCommand.self, BacktestCommand.self, CalibrateCommand.self, CompareCommand.self,
      LiquidateCommand.self, DeleverageCommand.self, PredictCommand.self, WhatIfCommand.self,
      ReportCommand.self,
      ExportCommand.self, DoctorCommand.self
    ])

  static func main() {
    FileSizeLimit.failWrites()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      if exitCode(for: error) == .success {
        print(fullMessage(for: error))
        Foundation.exit(0)
      }
      Terminal.writeError(message(of: error))
      Foundation.exit(ExitStatus.notDone.rawValue)
    }
  }

  /// Usage errors keep their usage line; all others are the words of the error.
  private static func message(of error: any Error) -> String {
    if exitCode(for: error) == .validationFailure { return fullMessage(for: error) }
    return "crossmargin: \(error)"
  }
}

/// What the number of a finished process says.
enum ExitStatus: Int32 {
  case done = 0
  case doneWithFindings = 1
  case notDone = 2

  var code: ExitCode { ExitCode(rawValue) }
}

/// Numerics made ready for a command that computes.
enum Numerics {
  /// Chooses kernels and puts OpenBLAS right before its first use.
  @discardableResult
  static func prepare() throws -> BLASRuntime.Report {
    _ = try KernelTarget.requested()
    return BLASRuntime.prepare(repairingCore: true)
  }
}
