// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.Units;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which pages of a durable store no client can reach: an export that was renamed or made smaller
 * looks like a disk that is empty or cut off. Stateless.
 */
final class PoolUse {
  /** One more than the highest index of a page. */
  private static final long INDEXES = 1L << 32;

  private PoolUse() {}

  /** One line for each pool, or part of one, that holds pages and is not served. */
  static List<String> warnings(DaemonConfig config, PageStore store, long object) {
    Map<String, Long> servedBytes = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    for (ExportConfig export : config.exports()) {
      servedBytes.merge(export.poolName(), export.bytes(), Math::max);
      String owner = store.pool(export.poolName()).orElseThrow().tenantName();
      if (!owner.equals(export.tenant())) {
        warnings.add(
            "export '"
                + export.name()
                + "': its pool belongs to tenant '"
                + owner
                + "' since it was made; tenant '"
                + export.tenant()
                + "' has no effect");
      }
    }
    for (Pool pool : store.pools()) {
      Long bytes = servedBytes.get(pool.name());
      long first = bytes == null ? 0 : bytes / store.pageBytes();
      long pages = pages(store, pool, object, first);
      if (pages > 0) {
        warnings.add(bytes == null ? unserved(pool, pages) : behindTheEnd(pool, bytes, pages));
      }
    }
    return warnings;
  }

  private static String unserved(Pool pool, long pages) {
    String name = printable(pool.name());
    return "no export serves the "
        + pages
        + " pages of pool '"
        + name
        + "'; one with 'pool: "
        + name
        + "' does";
  }

  private static String behindTheEnd(Pool pool, long bytes, long pages) {
    return pages
        + " pages of pool '"
        + printable(pool.name())
        + "' are behind the end of its export, at "
        + Units.formatBytes(bytes)
        + "; they stay, and a larger size serves them again";
  }

  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  private static long pages(PageStore store, Pool pool, long object, long first) {
    long pages = 0;
    long index = first;
    while (index < INDEXES) {
      index += store.near().absentRun(pool, object, (int) index, INDEXES - index);
      if (index < INDEXES) {
        long present = store.near().presentRun(pool, object, (int) index, INDEXES - index);
        pages += present;
        index += present;
      }
    }
    return pages;
  }
}
