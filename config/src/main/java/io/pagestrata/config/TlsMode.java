// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** Whether connections over TCP are encrypted. */
public enum TlsMode {
  /** Never. */
  OFF,
  /** When the client asks for it. */
  OPTIONAL,
  /** Always: a client that does not ask for it is refused. */
  REQUIRED
}
