// The beginning of results: all tables, and the rows that are known before the first account.

import GRDB

/// Makes the tables of a plan in an empty database.
struct PlanRows {
  let plan: ResultPlan
  let schema: ResultSchema

  func create(_ connection: Database) throws {
    for table in schema.tables { try connection.execute(sql: table.creationSQL) }
    try connection.execute(
      sql: """
        CREATE TABLE \(ResultSchema.checkpointName) (
          block INTEGER PRIMARY KEY, contribution BLOB NOT NULL, alert_count INTEGER NOT NULL);
        CREATE TABLE \(ResultSchema.checkpointInputsName) (fingerprint TEXT NOT NULL);
        \(schema.accountSummarySQL);
        PRAGMA user_version = \(ResultSchema.version);
        """)
    try connection.execute(
      sql: "INSERT INTO \(ResultSchema.checkpointInputsName) VALUES (?)",
      arguments: [plan.fingerprint])
    try insertAssets(connection)
    try insertModels(connection)
  }

  private func insertAssets(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.asset)
    for (position, asset) in plan.assets.enumerated() {
      rows.add(position)
      rows.add(asset.name)
      try rows.add(asset.priceUSD)
      try rows.add(asset.ageDays)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func insertModels(_ connection: Database) throws {
    var models = TableRows(ResultSchema.model)
    var components = TableRows(ResultSchema.marginComponent)
    var scenarios = TableRows(ResultSchema.marginScenario)
    for (position, model) in plan.models.enumerated() {
      models.add(position)
      models.add(model.name)
      models.add(model.effectiveFrom.description)
      models.add(model.parameterFile)
      models.endRow()
      for (levelPosition, level) in model.schema.levels.enumerated() {
        for (componentPosition, component) in model.schema.components.enumerated() {
          components.add(position)
          components.add(levelPosition)
          components.add(componentPosition)
          components.add(level)
          components.add(component.name)
          components.add(component.kind.rawValue)
          components.endRow()
        }
      }
      for (scenarioPosition, scenario) in model.scenarios.enumerated() {
        scenarios.add(position)
        scenarios.add(scenarioPosition)
        scenarios.add(scenario.label)
        try scenarios.add(scenario.priceMove)
        try scenarios.add(scenario.volatilityMove)
        try scenarios.add(scenario.lossFactor)
        scenarios.endRow()
      }
    }
    try models.insert(connection)
    try components.insert(connection)
    try scenarios.insert(connection)
  }
}
