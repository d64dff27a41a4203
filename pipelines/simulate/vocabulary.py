"""The words that people, companies and pages are made of."""

# family names and given names: as written, and as read in an e-mail address
FAMILY_NAMES = (
    ("佐藤", "sato"), ("鈴木", "suzuki"), ("高橋", "takahashi"), ("田中", "tanaka"),
    ("伊藤", "ito"), ("渡辺", "watanabe"), ("山本", "yamamoto"), ("中村", "nakamura"),
    ("小林", "kobayashi"), ("加藤", "kato"), ("吉田", "yoshida"), ("山田", "yamada"),
    ("佐々木", "sasaki"), ("山口", "yamaguchi"), ("松本", "matsumoto"), ("井上", "inoue"),
    ("木村", "kimura"), ("林", "hayashi"), ("清水", "shimizu"), ("山崎", "yamazaki"),
    ("森", "mori"), ("池田", "ikeda"), ("橋本", "hashimoto"), ("阿部", "abe"),
    ("石川", "ishikawa"), ("髙木", "takagi"), ("前田", "maeda"), ("藤田", "fujita"),
    ("後藤", "goto"), ("岡田", "okada"), ("長谷川", "hasegawa"), ("村上", "murakami"),
    ("近藤", "kondo"), ("石井", "ishii"), ("斎藤", "saito"), ("坂本", "sakamoto"),
)  # fmt: skip
GIVEN_NAMES = (
    ("翔太", "shota"), ("健", "ken"), ("大輔", "daisuke"), ("美咲", "misaki"),
    ("花子", "hanako"), ("拓也", "takuya"), ("直樹", "naoki"), ("愛", "ai"),
    ("裕子", "yuko"), ("誠", "makoto"), ("浩", "hiroshi"), ("恵", "megumi"),
    ("陽子", "yoko"), ("隆", "takashi"), ("真由美", "mayumi"), ("剛", "tsuyoshi"),
    ("智子", "tomoko"), ("亮", "ryo"), ("さくら", "sakura"), ("一郎", "ichiro"),
    ("徹", "toru"), ("香織", "kaori"), ("学", "manabu"), ("由美", "yumi"),
    ("修", "osamu"), ("奈々", "nana"), ("悠斗", "yuto"), ("彩", "aya"),
)  # fmt: skip
KATAKANA_FAMILY_NAMES = (
    ("グエン", "nguyen"), ("シルバ", "silva"), ("パク", "park"), ("サントス", "santos"),
    ("フェルナンデス", "fernandez"), ("ジョーンズ", "jones"),
)  # fmt: skip
KATAKANA_GIVEN_NAMES = (
    ("ミン", "minh"), ("ルイス", "luis"), ("ジウ", "jiwoo"), ("マリア", "maria"),
    ("デイビッド", "david"), ("ガブリエル", "gabriel"),
)  # fmt: skip
WESTERN_FAMILY_NAMES = (
    "Smith", "Miller", "Fischer", "Weber", "Dubois", "Rossi", "Novak", "Jensen", "Kowalski",
    "Garcia", "Brown", "Taylor", "Wagner", "Moreau", "Bianchi", "Larsen", "O'Neill", "Clark",
)  # fmt: skip
WESTERN_GIVEN_NAMES = (
    "Anna", "John", "Maria", "Peter", "Laura", "Thomas", "Julia", "Marc", "Elena", "David",
    "Sophie", "Jan", "Emma", "Lucas", "Nina", "Paul", "Clara", "Oliver",
)  # fmt: skip

# (in a domain, as written)
COMPANY_STEMS = (
    ("aonami", "青波"), ("asagumo", "朝雲"), ("hanazono", "花園"), ("hoshimine", "星嶺"),
    ("inaho", "稲穂"), ("iwashimizu", "岩清水"), ("kazahaya", "風早"), ("kiyose", "清瀬"),
    ("kurohime", "黒姫"), ("matsukaze", "松風"), ("minasato", "水里"), ("nadeshiko", "撫子"),
    ("natsukawa", "夏川"), ("oborozuki", "朧月"), ("sazanami", "漣"), ("shirasagi", "白鷺"),
    ("suzukake", "鈴懸"), ("takatsuki", "高月"), ("tokiwadai", "常盤台"), ("tsurugi", "剣"),
    ("wakakusa", "若草"), ("yanagi", "柳"), ("yukimori", "雪森"), ("yuunagi", "夕凪"),
)  # fmt: skip
COMPANY_PREFIXES = (
    ("", ""), ("shin-", "新"), ("higashi-", "東"), ("kita-", "北"), ("minami-", "南"),
)  # fmt: skip
# (in a domain, as written in Japan, as written elsewhere, industry)
COMPANY_TRADES = (
    ("kikai", "機械", "Machinery", "machinery"),
    ("seiki", "精機", "Precision", "製造業"),
    ("denshi", "電子", "Electronics", "electronics"),
    ("seisakusho", "製作所", "Works", "manufacturing"),
    ("buhin", "部品", "Components", "automotive"),
    ("shokuhin", "食品", "Foods", "food"),
    ("kagaku", "化学", "Chemicals", "chemicals"),
    ("yakuhin", "薬品", "Pharma", "pharmaceuticals"),
    ("butsuryu", "物流", "Logistics", "物流"),
    ("soft", "ソフト", "Software", "software"),
    ("kensetsu", "建設", "Construction", "construction"),
    ("shoji", "商事", "Trading", "wholesale"),
)
WESTERN_COMPANY_STEMS = (
    "Alderbrook", "Birkenfeld", "Corvane", "Dunmore", "Eastvale", "Ferrowell", "Granholm",
    "Hollister-Vance", "Ironquay", "Juniper", "Kestrel", "Lindqvist",
)  # fmt: skip
WESTERN_FORMS = ("Inc.", "GmbH", "Ltd.", "S.A.")
# what forms and trackers write when they know nothing
NO_PHONES = ("000-0000-0000", "0000000000")
NO_COMPANIES = ("個人", "フリーランス", "なし")
NO_BROWSER = "undefined"
FREE_MAIL = ("gmail.com", "yahoo.co.jp", "outlook.jp", "icloud.com")
COMPETITORS = ("rival-monitoring.example", "copycat-systems.example")

# (title in Japanese, title elsewhere, weight, how much it decides)
JOB_TITLES = (
    ("", "", 0.34, 0.25),
    ("担当", "Engineer", 0.22, 0.3),
    ("主任", "Senior Engineer", 0.13, 0.45),
    ("課長", "Manager", 0.15, 0.7),
    ("部長", "Director", 0.09, 0.95),
    ("取締役", "Managing Director", 0.03, 0.9),
    ("学生", "Student", 0.04, 0.0),
)
# (department in Japanese, department elsewhere, weight, how much it needs the product)
DEPARTMENTS = (
    ("生産技術", "Engineering", 0.2, 1.0),
    ("製造", "Production", 0.18, 0.9),
    ("品質保証", "Quality", 0.13, 0.9),
    ("保全", "Maintenance", 0.13, 1.0),
    ("情報システム", "Information Systems", 0.1, 0.6),
    ("経営企画", "Strategy", 0.08, 0.3),
    ("総務", "Administration", 0.06, 0.1),
    ("", "", 0.12, 0.3),
)

SITE = "https://www.kanade-monitoring.example"
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Edg/126.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
)
# a person's, although it reads like a bot's
CUBOT_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG 9) AppleWebKit/537.36 Chrome/126.0 "
    "Mobile Safari/537.36"
)
MACHINE_AGENTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "SiteCrawler/3.1 (+https://crawler.example)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0.0.0 Safari/537.36",
    "Baiduspider/2.0",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0)",
    "meta-externalagent/1.1",
    "facebookexternalhit/1.1;line-poker/1.0",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "python-requests/2.32.3",
)
REFERRERS = (
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://search.yahoo.co.jp/",
    "https://trade-press.example/news",
    "https://www.linkedin.com/",
)
REJECTION_REASONS = (
    "no budget this fiscal year",
    "予算なし",
    "not the right contact",
    "対象外の業種",
    "only collecting information",
    "already a customer",
    "competitor",
    "時期尚早",
    "asked to write to info@frontdesk.example instead",
)
SALES_TEAMS = ("East Japan", "West Japan", "Central Japan", "Key Accounts")
