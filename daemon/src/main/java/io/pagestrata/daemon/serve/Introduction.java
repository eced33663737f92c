// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.FileTierConfig;
import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.RemoteTierConfig;
import io.pagestrata.config.TierConfig;
import io.pagestrata.config.Units;
import java.util.ArrayList;
import java.util.List;

/** What a daemon says when it serves: what, where, and how to attach it. Stateless. */
public final class Introduction {
  private Introduction() {}

  /**
   * Describes a daemon.
   *
   * @param daemon one that serves
   * @return lines for a person
   */
  public static List<String> lines(Daemon daemon) {
    List<String> lines = new ArrayList<>();
    DaemonConfig config = daemon.config();
    lines.add("pagestrata " + Pagestrata.version() + " serves pages from " + places(config));
    List<Attachment> attachments = daemon.attachments();
    for (ExportConfig export : config.exports()) {
      lines.add("export " + export.name() + ": " + describe(export));
      attachments.stream()
          .filter(it -> it.export().equals(export))
          .forEach(it -> lines.add("  " + it.uri() + reach(it)));
    }
    Attachment first = attachments.get(0);
    lines.add("attach " + first.export().name() + ":");
    attachments.stream()
        .filter(it -> it.export().equals(first.export()))
        .forEach(it -> lines.add("  " + it.nbdClient()));
    // QEMU takes credentials of TLS in an object of their own: see docs/daemon.md.
    if (!first.encrypted()) {
      lines.add("  qemu-system-x86_64 " + first.qemu());
    }
    lines.add("Ctrl-C or SIGTERM stops it; a second one stops it at once");
    return lines;
  }

  private static String reach(Attachment attachment) {
    return attachment.everywhere()
        ? " (other machines put the name of this one in place of "
            + ((ListenAddress.Tcp) attachment.address()).host()
            + ")"
        : "";
  }

  private static String places(DaemonConfig config) {
    StringBuilder places = new StringBuilder(Units.formatBytes(config.store().ramBytes()));
    places.append(" of RAM");
    for (TierConfig tier : config.store().tiers()) {
      if (tier instanceof RemoteTierConfig remote) {
        places.append(", at most ").append(Units.formatBytes(remote.maxBytes()));
        places.append(" on servers");
      } else if (tier instanceof FileTierConfig file) {
        places.append(" and at most ").append(Units.formatBytes(file.maxBytes()));
        places.append(" on disk in ").append(file.directory());
      }
    }
    return places.toString();
  }

  private static String describe(ExportConfig export) {
    return Units.formatBytes(export.bytes())
        + (export.readOnly() ? ", read-only" : "")
        + export.description().map(it -> ", " + it).orElse("");
  }
}
