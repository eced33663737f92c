// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

/**
 * The header of one request.
 *
 * @param flags command flags
 * @param type command
 * @param cookie number that the reply repeats
 * @param offset first byte of the export, unsigned
 * @param length bytes, below 2^32
 */
record Request(int flags, int type, long cookie, long offset, long length) {
  boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
