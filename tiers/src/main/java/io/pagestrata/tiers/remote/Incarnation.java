// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

/**
 * One life of the memory of one server. Compared by identity: a server that restarted, evicted keys
 * or became master again is another incarnation, and may not hold what the old one accepted.
 */
final class Incarnation {
  final String runId;

  Incarnation(String runId) {
    this.runId = runId;
  }
}
