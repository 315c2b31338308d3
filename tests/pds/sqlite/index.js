// better-sqlite3's interface as Kysely and the server use it, over node:sqlite: the same SQLite, no compiler.
import { DatabaseSync } from 'node:sqlite'

// https://www.sqlite.org/rescode.html: the server tries again when busy, and tells a taken handle by UNIQUE.
const CODES = new Map([
  [5, 'SQLITE_BUSY'],
  [261, 'SQLITE_BUSY_RECOVERY'],
  [517, 'SQLITE_BUSY_SNAPSHOT'],
  [773, 'SQLITE_BUSY_TIMEOUT'],
  [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
])

const named = (work) => {
  try {
    return work()
  } catch (error) {
    error.code = CODES.get(error.errcode) ?? error.code
    throw error
  }
}

// better-sqlite3 gives blobs as Buffer, node:sqlite as Uint8Array.
const buffered = (row) => {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof Uint8Array) row[name] = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  return row
}

class Statement {
  constructor(statement) {
    this.statement = statement
    this.reader = statement.columns().length > 0
  }

  all(values = []) {
    return named(() => this.statement.all(...values)).map(buffered)
  }

  run(values = []) {
    return named(() => this.statement.run(...values))
  }

  *iterate(values = []) {
    for (const row of this.statement.iterate(...values)) yield buffered(row)
  }
}

export default class Database {
  constructor(path, { timeout = 5000 } = {}) {
    this.database = new DatabaseSync(path, { timeout })
  }

  prepare(sql) {
    return new Statement(named(() => this.database.prepare(sql)))
  }

  pragma(sql) {
    return this.prepare(`PRAGMA ${sql}`).all()
  }

  close() {
    if (this.database.isOpen) this.database.close()
  }
}
