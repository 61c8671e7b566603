// What a run was made from and with: enough to repeat it, and to tell two runs apart.

import CrossMargin
import PortfolioModel
import RiskNumerics

struct Manifest {
  /// Name of the folder of the book, which is not part of what is computed.
  let bookName: String
  let loaded: LoadedBook
  let identity: RunIdentity
  let blas: BLASRuntime.Report
  let threadCount: Int
  let timer: StageTimer

  /// Facts in the order in which a person would ask for them.
  func entries(book: BookResult) -> [ManifestEntry] {
    inputs + rules + results(book) + machine
  }

  private var inputs: [ManifestEntry] {
    let market = loaded.book.market
    var entries = [
      ManifestEntry(key: "book", value: bookName, isClock: true),
      ManifestEntry(key: "valuation_time", value: market.valuationTime.description),
      ManifestEntry(key: "seed", value: String(loaded.settings.seed)),
      ManifestEntry(key: "fingerprint", value: identity.fingerprint)
    ]
    entries += loaded.files.map { ManifestEntry(key: "input:" + $0.path, value: $0.sha256) }
    let ages = market.assets.compactMap { asset in
      asset.time.map { (days: $0.days(to: market.valuationTime), name: asset.name) }
    }
    if let oldest = ages.max(by: { $0.days < $1.days }) {
      entries.append(ManifestEntry(key: "price_age_days_max", value: String(oldest.days)))
      entries.append(ManifestEntry(key: "price_age_oldest", value: oldest.name))
    }
    return entries
  }

  private var rules: [ManifestEntry] {
    let settings = loaded.settings
    var entries = zip(settings.models, loaded.modelFiles).map { terms, file in
      ManifestEntry(key: "model:" + terms.name, value: file.path)
    }
    entries += settings.historyProxies.map {
      ManifestEntry(key: "history_proxy:\($0.factor)", value: "\($0.proxy)")
    }
    entries.append(
      ManifestEntry(key: "confidence_var", value: String(settings.confidence.valueAtRisk)))
    entries.append(
      ManifestEntry(key: "confidence_es", value: String(settings.confidence.expectedShortfall)))
    if let interval = settings.confidence.interval {
      entries.append(ManifestEntry(key: "confidence_interval", value: String(interval)))
    }
    // Requirements of this version are those at today's prices.
    entries.append(ManifestEntry(key: "requirement", value: "frozen"))
    return entries
  }

  private func results(_ book: BookResult) -> [ManifestEntry] {
    let portfolio = loaded.book.portfolio
    return [
      ManifestEntry(key: "accounts", value: String(portfolio.accounts.count)),
      ManifestEntry(key: "positions", value: String(portfolio.positions.quantities.count)),
      ManifestEntry(key: "balances", value: String(portfolio.balances.amounts.count)),
      ManifestEntry(key: "instruments", value: String(loaded.book.instruments.count)),
      ManifestEntry(key: "unmargined_fraction", value: String(book.totals.unmarginedFraction))
    ]
  }

  private var machine: [ManifestEntry] {
    var entries = [
      ManifestEntry(key: "program_version", value: ProgramVersion.text),
      ManifestEntry(key: "kernel_target", value: blas.kernelTarget.rawValue),
      ManifestEntry(key: "blas_core", value: blas.coreAfter),
      ManifestEntry(key: "blas_core_found", value: blas.coreBefore),
      ManifestEntry(key: "blas_repair", value: "\(blas.repair)"),
      ManifestEntry(key: "blas", value: blas.configuration)
    ]
    entries += blas.libraries.map {
      ManifestEntry(key: "library:" + $0.symbol, value: $0.path, isClock: true)
    }
    let started = UTCTime(microseconds: timer.startedMicroseconds)
    entries += [
      ManifestEntry(key: "thread_count", value: String(threadCount), isClock: true),
      ManifestEntry(key: "started_at", value: started.description, isClock: true),
      ManifestEntry(
        key: "processor_seconds", value: String(ProcessClock.processorSeconds()), isClock: true),
      ManifestEntry(
        key: "peak_resident_bytes", value: String(ProcessClock.peakResidentBytes()), isClock: true)
    ]
    entries += timer.stages.map {
      ManifestEntry(
        key: "stage_seconds:" + $0.name, value: String($0.elapsedSeconds), isClock: true)
    }
    return entries
  }
}
