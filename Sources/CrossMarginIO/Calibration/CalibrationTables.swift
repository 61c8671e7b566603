// The tables of a calibration: what was quoted, what was fitted, how well.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Tables as text.
struct CalibrationTables {
  let results: CalibrationResults

  private var expiries: [CalibratedExpiry] { results.surfaces.expiries }

  private func underlying(_ quotes: ExpiryQuotes) -> CSVValue {
    .text(results.market[quotes.pair.underlying].name)
  }

  private func quote(_ quotes: ExpiryQuotes) -> CSVValue {
    .text(results.market[quotes.pair.quote].name)
  }

  /// One row for each fitted expiry, as `market/surfaces.csv` is read.
  func surfaces() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("underlying") { .text(results.market[$0.pair.underlying].name) },
        .required("quote") { .text(results.market[$0.pair.quote].name) },
        .required("expiry") { .time($0.expiry) }, .required("a") { .number($0.a) },
        .required("b") { .number($0.b) }, .required("rho") { .number($0.rho) },
        .required("m") { .number($0.m) }, .required("sigma") { .number($0.sigma) }
      ], rows: expiries.compactMap(\.slice))
  }

  /// One row for each expiry.
  func fits() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("underlying") { underlying($0.quotes) }, .required("quote") { quote($0.quotes) },
        .required("expiry") { .time($0.quotes.expiry) },
        .required("forward") { .number($0.quotes.forward) },
        .required("quotes") { .number(Double($0.quotes.quotes.count)) },
        .required("one_sided") { .number(Double($0.quotes.oneSidedCount)) },
        .required("unusable") { .number(Double($0.quotes.unusableCount)) },
        .text("form") { $0.smile?.form.rawValue },
        .number("rms_vol") { $0.smile?.errors.rootMeanSquare },
        .number("largest_vol") { $0.smile?.errors.largest },
        .number("median_in_spreads") { $0.smile?.errors.medianInSpreads },
        .number("inside_fraction") { $0.smile?.errors.insideFraction },
        .number("least_density_factor") { $0.smile?.leastDensityFactor.value },
        .text("butterfly_free") { $0.smile.map { $0.isButterflyFree ? "true" : "false" } },
        .text("calendar_free") { $0.smile.map { $0.isCalendarFree ? "true" : "false" } },
        .text("reason") { $0.reason }
      ], rows: expiries)
  }

  /// One row for each strike that was fitted.
  func quotes() throws(NonFiniteField) -> CSVTable {
    let rows = expiries.flatMap { expiry in
      expiry.quotes.quotes.map { (expiry: expiry, quote: $0) }
    }
    return try CSVTable(
      [
        .required("underlying") { underlying($0.expiry.quotes) },
        .required("quote") { quote($0.expiry.quotes) },
        .required("expiry") { .time($0.expiry.quotes.expiry) },
        .required("strike") { .number($0.quote.strike) },
        .required("log_moneyness") { .number($0.quote.logMoneyness) },
        .required("bid_vol") { .number($0.quote.bid) },
        .required("ask_vol") { .number($0.quote.ask) },
        .number("fitted_vol") { row in
          row.expiry.smile?.slice.volatilityAnnual(
            logMoneyness: row.quote.logMoneyness, expiryYears: row.expiry.quotes.expiryYears)
        }
      ], rows: rows)
  }

  /// One row and one column for each factor, the daily deviation before them; nil without history.
  func correlations() throws(NonFiniteField) -> CSVTable? {
    guard let factors = results.factors else { return nil }
    let columns: [CSVColumn<Int>] = factors.factors.indices.map { column in
      .required(factors.factors[column].description) { .number(factors.correlations[$0, column]) }
    }
    return try CSVTable(
      [
        .required("factor") { .text(factors.factors[$0].description) },
        .required("daily_deviation") { .number(factors.dailyDeviations[$0]) }
      ] + columns, rows: factors.factors.indices)
  }

  /// One row for each principal component with its weights; nil without history.
  func components() throws(NonFiniteField) -> CSVTable? {
    guard let factors = results.factors else { return nil }
    let columns: [CSVColumn<PrincipalComponent>] = factors.factors.indices.map { column in
      .required(factors.factors[column].description) { .number($0.loadings[column]) }
    }
    return try CSVTable(
      [
        .required("component") { .text($0.name) },
        .required("variance_fraction") { .number($0.varianceFraction) }
      ] + columns, rows: factors.components)
  }

  /// One row for each asset.
  func impacts() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("asset") { .text($0.asset) },
        .required("daily_deviation") { .number($0.dailyDeviation) },
        .required("adv_usd") { .number($0.averageDailyVolumeUSD) },
        .required("depth_usd_1pct") { .number($0.depthUSDPerPercent) },
        .required("coefficient") { .number($0.coefficient) }
      ], rows: results.impacts)
  }
}

extension CalibratedExpiry {
  /// Why there is no slice; nil where there is one.
  var reason: String? {
    smile == nil
      ? "\(quotes.quotes.count) quotes, needs \(SurfaceFit.quoteCountMin)" : nil
  }
}
