// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One file of segment bytes, read and written at positions.
 *
 * <p>Thread-safe. An interrupt of a calling thread neither breaks the file nor is lost: the call
 * completes and the thread's interrupt status stays set.
 */
public interface SegmentFile extends Closeable {
  /**
   * Reads from a position.
   *
   * @param target takes the bytes from its position to its limit
   * @param offset first byte to read
   * @return bytes read, fewer than asked at any time, or -1 at the end of the file
   * @throws IOException when the medium failed
   */
  int read(ByteBuffer target, long offset) throws IOException;

  /**
   * Reads from a position until the buffer is full or the file ends. Behind the end nothing is
   * asked for, since direct I/O refuses a read that does not begin with a block.
   *
   * @param target takes the bytes from its position to its limit
   * @param offset first byte to read
   * @return false when the file ended first
   * @throws IOException when the medium failed
   */
  default boolean readFully(ByteBuffer target, long offset) throws IOException {
    long begin = offset - target.position();
    long end = size();
    while (target.hasRemaining() && begin + target.position() < end) {
      if (read(target, begin + target.position()) <= 0) {
        break;
      }
    }
    return !target.hasRemaining();
  }

  /**
   * Writes at a position, extending the file when needed.
   *
   * @param source gives the bytes from its position to its limit; the position moves behind what
   *     was written
   * @param offset first byte to write
   * @return bytes written, fewer than asked at any time
   * @throws IOException when the medium failed; any part of the range may have changed
   */
  int write(ByteBuffer source, long offset) throws IOException;

  /**
   * Waits until everything written is on the medium.
   *
   * @throws IOException when the medium failed
   */
  void force() throws IOException;

  /**
   * Length of the file.
   *
   * @return bytes
   * @throws IOException when the medium failed
   */
  long size() throws IOException;

  /**
   * Cuts the file off.
   *
   * @param bytes new length, at most the present one
   * @throws IOException when the medium failed
   */
  void truncate(long bytes) throws IOException;
}
