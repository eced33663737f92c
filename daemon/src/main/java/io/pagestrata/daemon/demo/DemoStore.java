// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.MonitorFormat;
import io.pagestrata.core.PageStore;
import java.nio.file.Path;
import java.time.Duration;

/** Opens the store that the demo drives: compressed RAM above packed segments. */
final class DemoStore {
  private static final Duration PUT_WAIT = Duration.ofSeconds(2);
  private static final Duration MONITOR_INTERVAL = Duration.ofSeconds(1);

  private DemoStore() {}

  static PageStore open(DemoSettings settings, DemoSizes sizes, Path directory) {
    PagestrataBuilder builder =
        Pagestrata.builder()
            .pageSize(settings.pageBytes())
            .putWait(PUT_WAIT)
            .ram(ram -> ram.maxSize(sizes.ramBytes()).codec(settings.codec()))
            .file(
                file ->
                    file.directory(directory)
                        .maxSize(sizes.diskBytes())
                        .segmentSize(sizes.segmentBytes()));
    if (settings.monitorLog()) {
      builder.monitor(
          monitor ->
              monitor
                  .interval(MONITOR_INTERVAL)
                  .format(settings.monitorJson() ? MonitorFormat.JSON : MonitorFormat.TEXT));
    }
    return Pagestrata.open(builder.build());
  }
}
