// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.report;

import java.util.Locale;

/** How a number is shown to people; JSON always carries the plain number in the base unit. */
public enum Unit {
  /** A word or a sentence. */
  TEXT {
    @Override
    String show(Object value) {
      return value.toString();
    }
  },
  /** Yes or no. */
  FLAG {
    @Override
    String show(Object value) {
      return (Boolean) value ? "yes" : "no";
    }
  },
  /** A number of things. */
  COUNT {
    @Override
    String show(Object value) {
      return String.format(Locale.ROOT, "%,d", ((Number) value).longValue());
    }
  },
  /** Bytes, shown with a binary prefix. */
  BYTES {
    @Override
    String show(Object value) {
      double bytes = ((Number) value).doubleValue();
      if (bytes < 1024) {
        return String.format(Locale.ROOT, "%.0f B", bytes);
      }
      String[] prefixes = {"KiB", "MiB", "GiB", "TiB", "PiB"};
      int i = -1;
      do {
        bytes /= 1024;
        i++;
      } while (bytes >= 1024 && i < prefixes.length - 1);
      return String.format(Locale.ROOT, "%.1f %s", bytes, prefixes[i]);
    }
  },
  /** Nanoseconds, shown in the unit that suits. */
  NANOS {
    @Override
    String show(Object value) {
      double nanos = ((Number) value).doubleValue();
      if (nanos < 1e3) {
        return String.format(Locale.ROOT, "%.0f ns", nanos);
      }
      if (nanos < 1e6) {
        return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
      }
      return nanos < 1e9
          ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
          : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
  },
  /** A quotient without unit. */
  RATIO {
    @Override
    String show(Object value) {
      double ratio = ((Number) value).doubleValue();
      return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.3f", ratio) : "-";
    }
  },
  /** Things in a second. */
  PER_SECOND {
    @Override
    String show(Object value) {
      return String.format(Locale.ROOT, "%,.0f /s", ((Number) value).doubleValue());
    }
  },
  /** Bytes in a second, shown with a binary prefix. */
  BYTES_PER_SECOND {
    @Override
    String show(Object value) {
      return BYTES.show(value) + "/s";
    }
  };

  abstract String show(Object value);
}
