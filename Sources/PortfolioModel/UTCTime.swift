// Instants and the one place that turns a difference of instants into years.

/// An instant in UTC, in whole microseconds since 1970-01-01T00:00Z (leap seconds not counted).
public struct UTCTime: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00Z.
  public let microseconds: Int64

  /// An instant from microseconds since 1970-01-01T00:00Z.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Order in time.
  public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

  /// Years of 365 days from this instant to another; negative when the other is earlier.
  public func years(to later: UTCTime) -> Double { Self.years(ofDays: days(to: later)) }

  /// Days of 24 hours from this instant to another; negative when the other is earlier.
  public func days(to later: UTCTime) -> Double {
    Double(later.microseconds - microseconds) / Self.microsecondsPerDay
  }

  /// Seconds from this instant to another; negative when the other is earlier.
  public func seconds(to later: UTCTime) -> Double {
    Double(later.microseconds - microseconds) / 1e6
  }

  /// A rate per year of 365 days as a rate per day.
  public static func perDay(annual rate: Double) -> Double { rate / 365 }

  /// A number of days as years of 365 days.
  public static func years(ofDays days: Double) -> Double { days / 365 }

  /// The instant a number of days later (rounded to a microsecond).
  public func adding(days: Double) -> UTCTime {
    UTCTime(microseconds: microseconds + Int64((days * Self.microsecondsPerDay).rounded()))
  }

  private static let microsecondsPerDay = 86_400e6

  /// ISO 8601 in UTC, as short as the instant allows: `2026-03-27T08:00Z`,
  /// `2026-03-27T08:00:30Z`, `2026-03-27T08:00:30.250000Z`.
  public var description: String {
    let second = Self.floorDivide(microseconds, 1_000_000)
    let day = Self.floorDivide(second.quotient, 86_400)
    let date = Self.civilDate(daysSince1970: day.quotient)
    let clock = (day.remainder / 3_600, day.remainder / 60 % 60, day.remainder % 60)
    var text = Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-"
    text += Self.padded(date.day, 2) + "T" + Self.padded(clock.0, 2) + ":" + Self.padded(clock.1, 2)
    if clock.2 != 0 || second.remainder != 0 { text += ":" + Self.padded(clock.2, 2) }
    if second.remainder != 0 { text += "." + Self.padded(second.remainder, 6) }
    return text + "Z"
  }

  /// Calendar year in UTC.
  public var year: Int {
    let day = Self.floorDivide(Self.floorDivide(microseconds, 1_000_000).quotient, 86_400)
    return Int(Self.civilDate(daysSince1970: day.quotient).year)
  }

  private static func floorDivide(_ value: Int64, _ unit: Int64) -> (
    quotient: Int64, remainder: Int64
  ) {
    let remainder = (value % unit + unit) % unit
    return ((value - remainder) / unit, remainder)
  }

  /// Calendar date of a day number, by counting 400-year eras from 1 March of year 0, so that the
  /// leap day ends its year.
  private static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let era = floorDivide(daysSince1970 + 719_468, 146_097)
    let dayOfEra = era.remainder
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era.quotient * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
