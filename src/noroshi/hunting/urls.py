"""Addresses of the hunting room."""

from django.urls import path

from noroshi.hunting.views import allowing, detections, hunts, rules, watch

app_name = "hunting"

urlpatterns = [
    path("", hunts.hits, name="hits"),
    path("hits/<uuid:hit_id>/", hunts.hit, name="hit"),
    path("hits/<uuid:hit_id>/events", hunts.hit_events, name="hit-events"),
    path("suppressed/", allowing.suppressed, name="suppressed"),
    path("allowed/", allowing.allowed, name="allowed"),
    path("allowed/add", allowing.allow, name="allow"),
    path("allowed/<uuid:allowed_value_id>/", allowing.allowed_value, name="allowed-value"),
    path("allowed/<uuid:allowed_value_id>/remove", allowing.disallow, name="disallow"),
    path("signals/<uuid:signal_id>/", hunts.signal, name="signal"),
    path("searches/", hunts.searches, name="searches"),
    path("searches/new", hunts.new_search, name="new-search"),
    path("searches/<uuid:hunt_id>/", hunts.search, name="search"),
    path("searches/<uuid:hunt_id>/stop", hunts.stop_search, name="stop-search"),
    path("searches/<uuid:hunt_id>/hits.parquet", hunts.search_file, name="search-file"),
    path("searches/<uuid:hunt_id>/sightings", hunts.search_sightings, name="search-sightings"),
    path("lake/", hunts.lake, name="lake"),
    path("lake/send", hunts.send_log, name="send-log"),
    path("lake/files/<uuid:file_id>/", hunts.log_file, name="log-file"),
    path("lake/sources/<str:source>/", hunts.source, name="source"),
    path("lake/quarantine/<str:source>/", hunts.quarantine, name="quarantine"),
    path("lake/quarantine/<str:source>/replay", hunts.replay, name="replay"),
    path("watch/", watch.watch, name="watch"),
    path("detections/", detections.detections, name="detections"),
    path("detections/run", detections.run_now, name="run-now"),
    path("detections/runs/<uuid:run_id>/", detections.run, name="run"),
    path("detections/<uuid:detection_id>/", detections.detection, name="detection"),
    path("detections/<uuid:detection_id>/events", detections.detection_events, name="detection-events"),
    path("detections/<uuid:detection_id>/handle", detections.handle, name="handle-detection"),
    path("coverage/", detections.coverage, name="coverage"),
    path("rules/", rules.rules, name="rules"),
    path("rules/send", rules.send_rules, name="send-rules"),
    path("rules/files/<uuid:file_id>/", rules.rule_file, name="rule-file"),
    path("rules/<uuid:rule_id>/", rules.rule, name="rule"),
    path("rules/<uuid:rule_id>/tune", rules.tune, name="tune-rule"),
    path("rules/<uuid:rule_id>/trial", rules.trial, name="try-rule"),
]
