// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** With which key zpages on disk are encrypted. */
public enum EncryptionMode {
  /** With the given key; without one, volatile stores with a random key and durable ones not. */
  AUTO,
  /** With a random key that is lost with the process. */
  EPHEMERAL,
  /** With the given key. */
  KEY,
  /** With none. */
  NONE
}
