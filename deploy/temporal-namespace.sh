#!/bin/sh
# Makes the namespace once. Runs of 30 days that wait for a person need a retention that outlives them.
set -eu
temporal operator namespace describe --namespace default --address temporal:7233 >/dev/null 2>&1 \
  || temporal operator namespace create --namespace default --retention 720h --address temporal:7233
