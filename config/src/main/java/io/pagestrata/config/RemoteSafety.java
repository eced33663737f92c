// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** What keeps a page in the remote tier from being lost; names as in settings. */
public enum RemoteSafety {
  /** A copy in the file tier below. */
  MIRROR,
  /** Acknowledgements of replicas; no copy below. */
  REPLICAS
}
