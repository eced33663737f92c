// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;

/**
 * A block device that clients can ask for by name: one object of a pool, page index = offset / page
 * size. Immutable; the store stays the caller's to close, after the server.
 *
 * @param name at most 4096 bytes of UTF-8; unique in a server
 * @param description for people, at most 4096 bytes of UTF-8, may be empty
 * @param sizeBytes size of the device, at most 2^32 pages; pages never written cost nothing
 * @param readOnly whether every change is refused
 * @param allowedClients subjects (RFC 2253) or {@code sha256:} fingerprints (lower-case hex) of the
 *     client certificates that may use it; empty: every client may
 * @param limits what its clients may hold of the server
 * @param store keeps the pages
 * @param pool pool of the pages
 * @param object object of the pages in that pool
 */
public record NbdExport(
    String name,
    String description,
    long sizeBytes,
    boolean readOnly,
    Set<String> allowedClients,
    Limits limits,
    PageStore store,
    Pool pool,
    long object) {
  /**
   * Checks and copies.
   *
   * @param name see above
   * @param description see above
   * @param sizeBytes see above
   * @param readOnly see above
   * @param allowedClients see above
   * @param limits see above
   * @param store see above
   * @param pool see above
   * @param object see above
   * @throws IllegalArgumentException when a value is outside its limits
   */
  public NbdExport {
    Objects.requireNonNull(limits);
    Objects.requireNonNull(store);
    Objects.requireNonNull(pool);
    allowedClients = Set.copyOf(allowedClients);
    checkString("name", name);
    checkString("description", description);
    if (sizeBytes < 0 || sizeBytes > (1L << Integer.SIZE) * store.pageBytes()) {
      throw new IllegalArgumentException(
          "export '"
              + name
              + "' cannot have "
              + sizeBytes
              + " bytes: 0 to 2^32 pages are possible");
    }
  }

  /**
   * What the clients of one export may hold of a server, so that others find room.
   *
   * @param connections open at once; more are refused
   * @param inFlightBytes payload of requests under way, at least 128 MiB
   */
  public record Limits(int connections, long inFlightBytes) {
    /** No limits but those of the server. */
    public static final Limits NONE = new Limits(Integer.MAX_VALUE, Long.MAX_VALUE);

    /**
     * Checks the limits.
     *
     * @param connections see above
     * @param inFlightBytes see above
     * @throws IllegalArgumentException when nothing could be served with them
     */
    public Limits {
      if (connections < 1) {
        throw new IllegalArgumentException("an export needs a connection");
      }
      NbdLimits.checkInFlight(inFlightBytes);
    }
  }

  private static void checkString(String what, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NbdProtocol.MOST_STRING_BYTES) {
      throw new IllegalArgumentException(
          "an export's "
              + what
              + " has at most "
              + NbdProtocol.MOST_STRING_BYTES
              + " bytes, not "
              + bytes);
    }
  }

  /**
   * Transmission flags. FLUSH and multi-conn are honest: a write is answered when stored, and a
   * sync of a durable store covers what came by any connection. Clients that see multi-conn open
   * several connections, so it is not said where one is the limit.
   */
  int transmissionFlags(boolean structured) {
    int flags =
        NbdProtocol.EXPORT_HAS_FLAGS
            | NbdProtocol.EXPORT_FLUSH
            | NbdProtocol.EXPORT_FUA
            | NbdProtocol.EXPORT_CACHE;
    if (limits.connections() > 1) {
      flags |= NbdProtocol.EXPORT_MULTI_CONN;
    }
    flags |=
        readOnly
            ? NbdProtocol.EXPORT_READ_ONLY
            : NbdProtocol.EXPORT_TRIM
                | NbdProtocol.EXPORT_WRITE_ZEROES
                | NbdProtocol.EXPORT_FAST_ZERO;
    return structured ? flags | NbdProtocol.EXPORT_DF : flags;
  }
}
