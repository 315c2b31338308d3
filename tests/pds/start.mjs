// Bluesky's own server (a PDS) with a register of identities beside it, both on loopback, in a folder of their own.
// Says its address and its signing secret as one line of JSON, and ends when its standard input does.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatDidDoc, opToData } from '@did-plc/lib'
import { PDS } from '@atproto/pds'

const LOOPBACK = '127.0.0.1'

const listen = async (server) => {
  await new Promise((done) => server.listen(0, LOOPBACK, done))
  return server.address().port
}

// As much of https://web.plc.directory/api/redoc as a PDS asks for: the last operation of each identity.
const operations = new Map()
const register = createServer(async (request, response) => {
  const [did, ...what] = request.url.slice(1).split('/').map(decodeURIComponent)
  if (request.method === 'POST') {
    operations.set(did, JSON.parse(Buffer.concat(await request.toArray())))
    return response.end('{}')
  }
  const last = operations.get(did)
  if (last === undefined) return response.writeHead(404).end('{}')
  const shapes = { '': () => formatDidDoc(opToData(did, last)), data: () => opToData(did, last), 'log/last': () => last }
  response.writeHead(200, { 'content-type': 'application/json' })
  return response.end(JSON.stringify(shapes[what.join('/')]()))
})

const folder = mkdtempSync(join(tmpdir(), 'pds-'))
const accounts = join(folder, 'accounts')
mkdirSync(accounts)
const jwtSecret = randomBytes(16).toString('hex')
const pds = await PDS.fromEnv({
  devMode: true,
  hostname: 'localhost',
  dataDirectory: accounts,
  blobstoreDiskLocation: join(folder, 'blobs'),
  didPlcUrl: `http://${LOOPBACK}:${await listen(register)}`,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  jwtSecret,
  adminPassword: randomBytes(16).toString('hex'),
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
})
// By itself the server listens everywhere, on a port that it is told; a test's server is for this machine alone.
const everywhere = pds.app.listen.bind(pds.app)
pds.app.listen = () => everywhere(0, LOOPBACK)
const { port } = (await pds.start()).address()
console.log(JSON.stringify({ url: `http://${LOOPBACK}:${port}`, jwtSecret }))

const stop = () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}
process.on('SIGTERM', stop)
process.stdin.on('close', stop).resume()
