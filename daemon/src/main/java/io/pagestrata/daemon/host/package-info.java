// SPDX-License-Identifier: Apache-2.0
/** What the daemon asks of its operating system: signals, readiness, safety for its own host. */
package io.pagestrata.daemon.host;
