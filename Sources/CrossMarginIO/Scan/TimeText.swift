// Times and durations by ISO 8601, in the strict form that run folders use: a zone is required, and
// what cannot be dated exactly is refused.

/// Times as text: `2026-03-27T08:00Z`. A time is a count of microseconds since 1970-01-01T00:00Z.
package enum TimeText {
  /// What a caller should say it expected when `microseconds` returns nil.
  package static let expected = "an ISO 8601 time with zone, such as 2026-03-27T08:00Z"
  /// The times that can be written: the years 1 to 9999 in UTC.
  package static let microsecondsRange: ClosedRange<Int64> =
    -62_135_596_800_000_000...253_402_300_799_999_999

  static let microsecondsPerSecond: Int64 = 1_000_000
  static let microsecondsPerMinute: Int64 = 60 * microsecondsPerSecond
  static let microsecondsPerHour: Int64 = 60 * microsecondsPerMinute
  static let microsecondsPerDay: Int64 = 24 * microsecondsPerHour

  /// The time that a text stands for.
  ///
  /// Form: `YYYY-MM-DDThh:mm[:ss[.f]]`, one to nine digits of fraction, of which six count; then
  /// `Z` or an offset `+hh:mm`, `-hh:mm` of at most 18 hours. `-00:00`, leap seconds, hour 24 and
  /// days that do not exist are refused.
  /// - Returns: nil when the text is not of that form.
  package static func microseconds(_ text: Span<UInt8>) -> Int64? {
    var reader = TimeReader(position: 0)
    guard let day = readDate(text, &reader), reader.read(UInt8(ascii: "T"), text),
      let timeOfDay = readTimeOfDay(text, &reader),
      let offset = readZone(text, &reader), reader.position == text.count
    else { return nil }
    let result = day * microsecondsPerDay + timeOfDay - offset
    return microsecondsRange.contains(result) ? result : nil
  }

  /// The time that a text stands for; see the other form.
  package static func microseconds(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { unsafe microseconds($0.span) }
  }

  /// The shortest text that stands for a time, in UTC: seconds and fraction only where not zero.
  ///
  /// Precondition: the time lies in `microsecondsRange`.
  package static func format(_ microseconds: Int64) -> String {
    precondition(microsecondsRange.contains(microseconds), "a time outside the years 1 to 9999")
    let secondCount = floorDivided(microseconds, by: microsecondsPerSecond)
    let fraction = microseconds - secondCount * microsecondsPerSecond
    let dayNumber = floorDivided(secondCount, by: 86_400)
    let second = secondCount - dayNumber * 86_400
    let date = CalendarDate(dayNumber: dayNumber)
    var text = padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2)
    text += "T" + padded(second / 3_600, 2) + ":" + padded(second / 60 % 60, 2)
    if second % 60 != 0 || fraction != 0 {
      text += ":" + padded(second % 60, 2) + fractionText(fraction)
    }
    return text + "Z"
  }

  /// The digits of a fraction of a second after a point, without zeros at the end; empty for zero.
  static func fractionText(_ microseconds: Int64) -> String {
    if microseconds == 0 { return "" }
    var digits = padded(microseconds, 6)
    while digits.last == "0" { digits.removeLast() }
    return "." + digits
  }

  private static func readDate(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Int64? {
    guard let year = reader.readDigits(4, text), year > 0, reader.read(UInt8(ascii: "-"), text),
      let month = reader.readDigits(2, text), (1...12).contains(month),
      reader.read(UInt8(ascii: "-"), text), let day = reader.readDigits(2, text)
    else { return nil }
    let date = CalendarDate(year: year, month: month, day: day)
    return (1...date.monthLength).contains(day) ? date.dayNumber : nil
  }

  private static func readTimeOfDay(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Int64? {
    guard let hour = reader.readDigits(2, text), hour < 24, reader.read(UInt8(ascii: ":"), text),
      let minute = reader.readDigits(2, text), minute < 60
    else { return nil }
    var result = hour * microsecondsPerHour + minute * microsecondsPerMinute
    guard reader.read(UInt8(ascii: ":"), text) else { return result }
    guard let second = reader.readDigits(2, text), second < 60 else { return nil }
    result += second * microsecondsPerSecond
    guard reader.read(UInt8(ascii: "."), text) else { return result }
    guard let fraction = reader.readFraction(text) else { return nil }
    return result + fraction
  }

  private static func readZone(_ text: Span<UInt8>, _ reader: inout TimeReader) -> Int64? {
    if reader.read(UInt8(ascii: "Z"), text) { return 0 }
    let isNegative = reader.read(UInt8(ascii: "-"), text)
    guard isNegative || reader.read(UInt8(ascii: "+"), text),
      let hour = reader.readDigits(2, text), reader.read(UInt8(ascii: ":"), text),
      let minute = reader.readDigits(2, text), minute < 60
    else { return nil }
    let offset = hour * microsecondsPerHour + minute * microsecondsPerMinute
    // ISO 8601 knows no negative zero; RFC 3339 uses it for "the zone is unknown".
    guard offset <= 18 * microsecondsPerHour, !(isNegative && offset == 0) else { return nil }
    return isNegative ? -offset : offset
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floorDivided(_ number: Int64, by divisor: Int64) -> Int64 {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
  }
}

/// A place in a text, and the reading of digits there.
struct TimeReader {
  var position: Int

  /// Steps over a byte if it stands here.
  mutating func read(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  /// Reads exactly `count` digits.
  mutating func readDigits(_ count: Int, _ text: Span<UInt8>) -> Int64? {
    guard position + count <= text.count else { return nil }
    var value: Int64 = 0
    for _ in 0..<count {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
      position += 1
    }
    return value
  }

  /// Reads one to nine digits after a point as microseconds; what lies below is cut off.
  mutating func readFraction(_ text: Span<UInt8>) -> Int64? {
    var value: Int64 = 0
    var count = 0
    while position < text.count, text[position] &- UInt8(ascii: "0") < 10 {
      guard count < 9 else { return nil }
      if count < 6 { value = value * 10 + Int64(text[position] - UInt8(ascii: "0")) }
      count += 1
      position += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }
}

/// A day of the Gregorian calendar, extended to all years.
private struct CalendarDate {
  var year: Int64
  var month: Int64
  var day: Int64

  /// Days from 1 March of year 0 to 1 January 1970.
  private static let epochDayNumber: Int64 = 719_468

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  var monthLength: Int64 {
    switch month {
    case 2: isLeapYear ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Days since 1970-01-01, for years from 1.
  ///
  /// Years are counted from March, so that the leap day is the last day of its year; then the
  /// months have lengths that (153 m + 2) / 5 sums up.
  var dayNumber: Int64 {
    let marchYear = month > 2 ? year : year - 1
    let marchMonth = month > 2 ? month - 3 : month + 9
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    return 365 * marchYear + leapDays + (153 * marchMonth + 2) / 5 + day - 1
      - CalendarDate.epochDayNumber
  }

  /// The date of a day since 1970-01-01, for days from year 1.
  init(dayNumber: Int64) {
    let days = dayNumber + CalendarDate.epochDayNumber
    let era = days / 146_097
    let dayOfEra = days % 146_097
    // Leaves out the leap days so far: one in 4 years, none in 100, one in 400.
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }
}
