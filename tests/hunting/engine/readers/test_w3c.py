"""W3C extended logs: blanks, tabs or commas between the cells, times in UTC, a new head in the middle."""

from noroshi.hunting.engine.readers import w3c

IIS = (
    "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-04-01 00:00:00\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer)"
    " sc-status\n"
    "2026-04-01 00:00:05 10.0.0.1 GET /p q=a+b 443 - 192.0.2.1 Agent/1+(x;+y) https://r.example/ 200\n"
    "2026-04-01 00:00:06 10.0.0.1 GET /p - 443 BANK\\taro 192.0.2.1 - - 401\n"
    "cut short\n"
    "#Fields: date time c-ip\n"
    "2026-04-01 00:00:07 192.0.2.2\n"
)
_NAMES = "date time x-edge-location c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) cs-uri-query"
CLOUDFRONT = (
    "#Version: 1.0\n#Fields: "
    + _NAMES.replace(" ", "\t")
    + "\n2026-04-01\t00:00:05\tNRT1\t192.0.2.1\tGET\th.example\t/p\t200\tAgent/1%20(x)\tq=1\n"
)
EXCHANGE = (
    "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n"
    "#Fields: date-time,client-ip,client-hostname,server-ip,event-id,sender-address,message-subject\n"
    '2026-04-01T00:00:05.000Z,192.0.2.1,h,10.0.0.1,RECEIVE,taro@a.example,"a, b"\n'
)


def test_iis_is_understood(read):
    found, refused = read(IIS)
    server = {"dst_ip": "10.0.0.1", "dst_port": "443", "src_ip": "192.0.2.1", "class": "web", "action": "GET"}
    assert found == [
        (
            5,
            {
                "time": "2026-04-01 00:00:05Z",
                "url": "/p?q=a+b",
                "user_agent": "Agent/1 (x; y)",
                "referrer": "https://r.example/",
                "status": "200",
            }
            | server,
        ),
        (6, {"time": "2026-04-01 00:00:06Z", "url": "/p", "user": "BANK\\taro", "status": "401"} | server),
        (9, {"time": "2026-04-01 00:00:07Z", "src_ip": "192.0.2.2"}),
    ]
    assert refused == [(7, "COLUMNS")]


def test_cloudfront_is_understood(read):
    assert read(CLOUDFRONT) == (
        [
            (
                3,
                {
                    "time": "2026-04-01 00:00:05Z",
                    "src_ip": "192.0.2.1",
                    "action": "GET",
                    "url": "h.example/p?q=1",
                    "status": "200",
                    "user_agent": "Agent/1 (x)",
                    "class": "web",
                },
            )
        ],
        [],
    )


def test_exchange_is_understood(read):
    assert read(EXCHANGE) == (
        [
            (
                4,
                {
                    "time": "2026-04-01T00:00:05.000Z",
                    "src_ip": "192.0.2.1",
                    "dst_ip": "10.0.0.1",
                    "action": "RECEIVE",
                    "email": "taro@a.example",
                },
            )
        ],
        [],
    )


def test_lines_before_any_names_are_refused(read):
    assert read("#Version: 1.0\n2026-04-01 x\n", w3c.read) == ([], [(2, "COLUMNS")])
