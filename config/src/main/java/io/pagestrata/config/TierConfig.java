// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** One tier of the chain. Immutable. */
public sealed interface TierConfig permits RamTierConfig, RemoteTierConfig, FileTierConfig {
  /**
   * Name in statistics and log lines.
   *
   * @return unique in its store
   */
  String name();

  /**
   * Hard size limit.
   *
   * @return bytes
   */
  long maxBytes();

  /**
   * How zpages are made denser for this tier.
   *
   * @return the part of the configuration that says so
   */
  RecompressionConfig recompression();
}
