// The server names these when it starts; it makes one only when told to keep its things at Amazon.
export class KmsKeypair {}
export class S3BlobStore {}
