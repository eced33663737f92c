// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.daemon.report.Report;
import java.util.List;

/**
 * How a demo ended.
 *
 * @param stopped whether it was stopped before the end; then there is no report
 * @param succeeded whether every page was put and every page read was the page expected
 * @param complaints what went wrong, one line each
 * @param report the figures, or null
 */
public record DemoResult(
    boolean stopped, boolean succeeded, List<String> complaints, Report report) {
  static DemoResult ofStopped() {
    return new DemoResult(true, false, List.of(), null);
  }
}
