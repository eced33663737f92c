// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

/**
 * How long requests are cut: into pieces that end at multiples of 256 KiB of the device, so that
 * several workers share a request, and no request keeps the others from the workers. Stateless.
 */
final class Pieces {
  static final int BYTES = 256 << 10;

  private Pieces() {}

  /** Bytes of the piece that begins at an offset. */
  static int bytes(long offset, long end) {
    return (int) Math.min(BYTES - offset % BYTES, end - offset);
  }

  static int count(long offset, long length) {
    return length == 0 ? 0 : (int) ((offset + length - 1) / BYTES - offset / BYTES + 1);
  }

  /** First byte of a piece. */
  static long start(long offset, int piece) {
    return piece == 0 ? offset : (offset / BYTES + piece) * BYTES;
  }
}
