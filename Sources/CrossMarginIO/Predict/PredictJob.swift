// Forecasts of liquidation over the books of many days, from their folders to a folder of results.

import CrossMargin
import PortfolioModel

/// What `crossmargin predict` is asked to do.
public struct PredictOptions: Sendable {
  /// Folders of books by valuation time, at least two.
  public var bookFolders: [String]
  /// The folder of the results.
  public var outputFolder: String
  /// How forecasts are fitted and scored.
  public var settings = PredictionSettings()
  /// Forecasts below this are not written, unless the account was liquidated.
  public var writtenProbabilityMin = 0.001
  /// Threads.
  public var threadCount = 1

  /// Forecasts at the usual settings.
  public init(bookFolders: [String], outputFolder: String) {
    self.bookFolders = bookFolders
    self.outputFolder = outputFolder
  }
}

/// Why forecasts cannot be made.
public enum PredictError: Error, CustomStringConvertible {
  /// A book is not later than the one before it.
  case notAscending(book: String)
  /// No day has enough days and liquidations before it.
  case nothingForecast(days: Int, liquidations: Int)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .notAscending(let book):
      "\(book): its valuation time is not after that of the book before it"
    case .nothingForecast(let days, let liquidations):
      "no forecast: \(days) days with \(liquidations) liquidations are too few to begin with"
    }
  }
}

/// One day of accounts in numbers.
public struct PredictedDay: Sendable, Equatable {
  /// The folder of its book.
  public var book: String
  /// When features were known.
  public var time: UTCTime
  /// When outcomes were.
  public var nextTime: UTCTime
  /// Accounts that were observed.
  public var accountCount: Int
  /// Accounts that had no surplus already.
  public var liquidatableCount: Int
  /// Accounts without margin.
  public var unmarginedCount: Int
  /// Accounts that could not be valued on the next market.
  public var unresolvedCount: Int
  /// Accounts without surplus on the next market.
  public var eventCount: Int
  /// The sum of probabilities by forecaster; empty before the first forecast.
  public var expectedCounts: [Double]
}

/// Forecasts and how good they were.
public struct PredictResults: Sendable {
  /// All days with an outcome.
  public var days: [PredictedDay]
  /// Forecasts, by day.
  public var forecasts: [ForecastDay]
  /// Scores by period, then forecaster.
  public var scores: [PredictionScore]
  /// What came of forecasts of similar size.
  public var reliability: [ReliabilityBin]
  /// How they were fitted and scored.
  public var settings: PredictionSettings
}

/// Makes forecasts.
public struct PredictJob: Sendable {
  private let options: PredictOptions

  /// A job.
  public init(_ options: PredictOptions) {
    precondition(options.bookFolders.count >= 2, "an outcome needs a second book")
    self.options = options
  }

  /// Reads the books one after the other and forecasts each day; `progress` is told of days done.
  public func run(progress: @Sendable (_ done: Int, _ total: Int) -> Void) throws -> PredictResults
  {
    var prediction = PredictionRun(options.settings)
    var days: [PredictedDay] = []
    var forecasts: [ForecastDay] = []
    var today = try BookReader.load(
      folder: options.bookFolders[0], threadCount: options.threadCount)
    for (book, folder) in zip(options.bookFolders, options.bookFolders.dropFirst()) {
      let next = try BookReader.load(folder: folder, threadCount: options.threadCount)
      guard today.book.market.valuationTime < next.book.market.valuationTime else {
        throw PredictError.notAscending(book: folder)
      }
      let day = try PredictionDay(
        book: today.book, settings: today.settings, next: next.book,
        threadCount: options.threadCount)
      let forecast = try prediction.forecast(day, threadCount: options.threadCount)
      days.append(
        PredictedDay(
          book: book, time: day.time, nextTime: day.nextTime,
          accountCount: day.observations.count, liquidatableCount: day.liquidatableCount,
          unmarginedCount: day.unmarginedCount, unresolvedCount: day.unresolvedCount,
          eventCount: day.observations.count { $0.isLiquidated },
          expectedCounts: forecast?.expectedCounts ?? []))
      if let forecast { forecasts.append(forecast) }
      today = next
      progress(days.count, options.bookFolders.count - 1)
    }
    guard !forecasts.isEmpty else {
      throw PredictError.nothingForecast(
        days: days.count, liquidations: days.reduce(0) { $0 + $1.eventCount })
    }
    let scoring = PredictionScoring(forecasts, settings: options.settings)
    return PredictResults(
      days: days, forecasts: forecasts, scores: scoring.scores(),
      reliability: scoring.reliability(), settings: options.settings)
  }

  /// Writes `predictions.csv`, `scores.csv`, `reliability.csv`, `days.csv`, `coefficients.csv` and
  /// `report.html`, each whole or not at all.
  public func write(_ results: PredictResults) throws {
    let tables = PredictTables(results: results)
    try StudyFolder.write(
      [
        (
          "predictions.csv",
          try tables.predictions(probabilityMin: options.writtenProbabilityMin)
        ),
        ("scores.csv", try tables.scores()), ("reliability.csv", try tables.reliability()),
        ("days.csv", try tables.days()), ("coefficients.csv", try tables.coefficients())
      ], page: PredictPage(results: results, books: options.bookFolders).text,
      to: options.outputFolder)
  }
}
