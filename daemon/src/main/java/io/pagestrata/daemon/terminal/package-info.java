// SPDX-License-Identifier: Apache-2.0
/** Progress of long work, painted for whoever watches. */
package io.pagestrata.daemon.terminal;
